"""Names and facts in a reply that only the seller can know: nothing of them belongs in public."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from drafter.domain.names import usable_first_name
from drafter.domain.text import Span, is_greeting, words
from drafter.domain.yaml_files import parsed
from guardrails.normalise import seen
from guardrails.subject import Subject, occurrences

_FILE = Path(__file__).parent / "words" / "address.yaml"
#: Case facts that are data of the buyer; their keys are open, so the words of the key decide.
_PRIVATE_KEY = re.compile(
    r"(?:^|_)(?:[a-z]*name|e?mails?|address\w*|alamat|direccion|endereco|indirizzo|telefon\w*|phone|mobile|order_?(?:id|no|number|ref\w*)|tracking|tax|payment"
    r"|gift|notes?|birth\w*|history|chat|previous|account|card"
    r"|(?:nombre|nome|nom|nama|pangalan|ten)(?=$|_(?:comp|lengkap|penuh|client|destin|penerima|pembeli|acquir|comprad|khach))"
    r"|adress\w*|dia_chi|tirahan|bestellnummer|nomor_pesanan|numero_(?:ordine|(?:de_|do_)?pedido|de_commande))(?=_|$)"
    r"|氏名|名前|住所|電話|注文番号|受取人|ชื่อ(?:ผู้รับ|ลูกค้า|จริง|สกุล)|ที่อยู่|เบอร์|เลข(?:ที่)?คำสั่งซื้อ|เลขพัสดุ"
)
#: What such a word says of a thing, a service or a state, and not of the buyer: `product_name`, `chat_hours`.
_OF_A_THING = re.compile(
    r"(?:^|_)(?:product|item|variant|model|colou?r|brand|shop|store|carrier|courier|listing|scent|flavou?r|shade"
    r"|style|collection|pattern|file|team|design|series|warehouse|seller)_name"
    r"|_(?:status|hours?|times?|type|kind|model|size|slots?|holder|wrap|wrapping|box|bag|stand|case|material|policy|included"
    r"|window|deadline|days|limit|compatib\w*|count|set|pages|print|link|updates?|stage|step|colou?r|weight|opens?)$"
)
_TRACKING_NUMBER = re.compile(r"(?<!\w)(?!\d{4}-\d\d-\d\d)(?=[\w-]*\d[\w-]*\d[\w-]*\d)[A-Za-z0-9-]{8,}(?!\w)")
_SHORTEST_NAME = 3
_FAMILY = re.compile(
    r"\s+(?P<family>(?:(?:de|del|dela|da|dos|di|van|von|bin|binti)\s+)?[A-ZÀ-ÞĂĐƠƯ][^\W\d_]+"
    r"(?:\s+[A-ZÀ-ÞĂĐƠƯ][^\W\d_]+){0,2})(?=[,.!:;])"
)


@cache
def _lead() -> re.Pattern[str]:
    return re.compile(rf"^\W*(?:{_words()['greetings']})\s+", re.IGNORECASE)


@cache
def _forms() -> frozenset[str]:
    """Return the forms of address that stand before a name with a capital and are none themselves."""
    return frozenset(_words()["forms"].split())


@cache
def _words() -> dict[str, str]:
    content: dict[str, str] = parsed(_FILE.read_text(encoding="utf-8"))
    return content


def hidden_names(subject: Subject) -> Iterator[Span]:
    """Yield a name in the greeting that goes beyond the name that the platform shows."""
    author = subject.reply.case.review.author
    head = subject.text.split("\n", 1)[0]
    lead = _lead().match(head)
    if author is None or lead is None:
        return
    greeting = re.split(r"[,.!?:;]", head[lead.end() :], maxsplit=1)[0]
    shown = author.lower()
    names = [word for word in words(greeting)[:3] if word.of(greeting)[:1].isupper()]
    names = [name for name in names if name.of(greeting).lower() not in _forms()]
    hidden = [name for name in names if name.of(greeting).lower() not in shown]
    masked = "*" in author
    if hidden and is_greeting(head[: lead.end()] + greeting) and (masked or len(names) > len(hidden)):
        yield Span(lead.end() + hidden[0].start, lead.end() + hidden[-1].end)


def greeted_stranger(subject: Subject) -> Iterator[Span]:
    """Yield the name in the greeting where it is neither the shown one, nor in the review, nor a word for anybody."""
    review = subject.reply.case.review
    head = subject.text.split("\n", 1)[0]
    if (lead := _lead().match(head)) is None or not review.author or "*" in review.author:
        return
    greeting = re.split(r"[,.!?:;]", head[lead.end() :], maxsplit=1)[0]
    names = [word for word in words(greeting)[:3] if word.of(greeting)[:1].isupper()]
    names = [name for name in names if name.of(greeting).lower() not in _forms()]
    known = _plainly(f"{review.author}\n{review.full_text}")
    greets = names and is_greeting(head[: lead.end()] + greeting)
    strange = not any(_plainly(name.of(greeting)) in known for name in names)
    if greets and strange and all(usable_first_name(name.of(greeting)) for name in names):
        yield Span(lead.end() + names[0].start, lead.end() + names[-1].end)


def _plainly(text: str) -> str:
    return seen(text).folded.text


def full_names(subject: Subject) -> Iterator[Span]:
    """Yield the shown name with a family name after it that the platform does not show: "Ana Costa Lima,"."""
    author = subject.reply.case.review.author or ""
    first = author.split()[0] if author.split() else ""
    if len(first) < _SHORTEST_NAME or "*" in first:
        return
    for name in occurrences(first, subject.text):
        match = _FAMILY.match(subject.text, name.end)
        if match and not any(word.lower() in author.lower() for word in match["family"].split()):
            yield Span(*match.span("family"))


def known_data(subject: Subject) -> Iterator[Span]:
    """Yield values of private case facts, and the order's own number, that stand in the text."""
    case = subject.reply.case
    values = [value for key, value in case.case_facts.items() if _is_private(key.lower(), value)]
    values += [case.review.order_ref] if case.review.order_ref else []
    for value in values:
        if len(value.strip()) >= 4 and len(value) <= 60 and value.lower() not in (case.review.author or "").lower():
            yield from _spaced_or_not(value, subject.text)


def _is_private(key: str, value: str) -> bool:
    """Whether a fact is a datum of the buyer. Of tracking, its number is; that a parcel is on its way tells nothing."""
    key = re.sub(r"[\s-]+", "_", seen(key).folded.text)
    private = _PRIVATE_KEY.search(key)
    if private is None or _OF_A_THING.search(key):
        return False
    return "tracking" not in private[0] or _TRACKING_NUMBER.search(value) is not None


def _spaced_or_not(value: str, text: str) -> Iterator[Span]:
    """Yield where a value stands, however it is spaced and capitalised."""
    places = [at for at, character in enumerate(text) if not character.isspace()]
    close = "".join(text[at].lower()[:1] for at in places)
    wanted = "".join(character.lower()[:1] for character in value if not character.isspace())
    at = close.find(wanted)
    while at >= 0:
        yield Span(places[at], places[at + len(wanted) - 1] + 1)
        at = close.find(wanted, at + 1)
