"""What of a review and of a listing may stand in a reply: a short safe quotation, a plain product name."""

from __future__ import annotations

import re
import unicodedata

from drafter.domain.text import UNSPACED_LANGUAGES
from drafter.reports.clauses import EDGES, Lists, without_joiners
from drafter.reports.matching import listed, stands_in
from prompts.library import Library

MAX_QUOTE = 50  # characters; a longer one reads as reading the review back
MAX_QUOTE_WORDS = 8
MAX_QUOTE_UNSPACED = 30  # characters, in Thai and Japanese
MIN_QUOTE_WORDS = 2  # one word alone ("broken") quotes nothing
MIN_QUOTE_UNSPACED = 4
MAX_PRODUCT = 40  # characters; listing titles are longer and full of keywords
MAX_PRODUCT_WORDS = 5

_UNQUOTABLE_MARKS = re.compile(
    r"[\n\r\t\"“”„‟«»‹›「」『』{}\[\]<>()@#*_|\\/^~`=+;:!?…！？。．¿¡&$€£]"
    r"|[a-z]{3}[A-Z]|\d{3,}|\d\D{0,2}\d{2}|\.\S|\. |--| [-–—] |\w[-–—] |\s\s"
)
_UNPLAIN_MARKS = re.compile(
    r"[\[\])\n\r\t\"“”„«»「」『』{}<>@*_|\\^~`=;:!?！？。¿¡$€£【】★☆♥❤%]|\d{5,}|www|http|\.\w{2,}"
)


def quotable(detail: str, language: str, library: Library) -> str | None:
    """Return a detail of the review as it may be quoted in public, or None.

    Quotable is one short clause of plain words, and no question: no line break, quotation mark, address, longer number
    or emoji, no word of the list `unquotable`, nothing shouted, and no word at its end that leaves it hanging.
    """
    text = plain_words(detail, language, library)
    if text is None or len(text) > MAX_QUOTE or hangs(text, language, library):
        return None
    if language in UNSPACED_LANGUAGES:
        long_enough = MIN_QUOTE_UNSPACED <= len(text) <= MAX_QUOTE_UNSPACED
    else:
        long_enough = MIN_QUOTE_WORDS <= len(text.split()) <= MAX_QUOTE_WORDS
    return text if long_enough else None


def plain_words(clause: str, language: str, library: Library) -> str | None:
    """Return a clause of any length without what joins it to others, or None where a reply cannot say it again.

    Plain is what `quotable` wants of the words.
    """
    if clause.rstrip().endswith(("?", "？")):  # without its mark it would say the opposite
        return None
    text = unicodedata.normalize("NFC", clause).strip(EDGES)
    text = without_joiners(text, Lists(language=language, library=library)).strip(EDGES)
    if not text or _UNQUOTABLE_MARKS.search(text) or _has_odd_marks(text) or _is_shouted(text):
        return None
    if text.count(",") + text.count("、") > 1 or stands_in(listed("unquotable", language, library), text):
        return None
    spaced = language not in UNSPACED_LANGUAGES  # elsewhere its ending is changed before it is said again
    return None if spaced and hangs(text, language, library) else text


def plain_product(name: str | None, library: Library) -> str | None:
    """Return the product's name as a reply may use it, or None.

    A listing title is cut at its first divider ("Canvas tote bag, large, with zipper"). None where what is left is
    long, shouted, has odd marks or emoji, or praises the product.
    """
    text = unicodedata.normalize("NFC", name or "").strip()
    text = re.sub(r"\s*[\(\[（【].*$", "", text)
    text = re.split(r"\s*[,|/，、]\s*|\s+[-–—]\s+", text, maxsplit=1)[0].strip(EDGES)
    if not text or len(text) > MAX_PRODUCT or len(text.split()) > MAX_PRODUCT_WORDS:
        return None
    if _UNPLAIN_MARKS.search(text) or _has_odd_marks(text) or _is_shouted(text):
        return None
    if not any(unicodedata.category(mark)[0] == "L" for mark in text):
        return None
    return None if stands_in(library.words("product_noise").every, text) else text


def _has_odd_marks(text: str) -> bool:
    """Whether there are emoji, invisible or unassigned characters."""
    return any(unicodedata.category(mark) in {"So", "Sk", "Cf", "Cc", "Cn", "Co", "Cs", "Zl", "Zp"} for mark in text)


def _is_shouted(text: str) -> bool:
    cased = [mark for mark in text if mark.isupper() or mark.islower()]
    return len(cased) > 4 and sum(mark.isupper() for mark in cased) > len(cased) / 2


def hangs(text: str, language: str, library: Library) -> bool:
    """Whether the last word of a clause leaves it open ("and", "the")."""
    edges = library.words("clause_edges_after").of(language)
    if language in UNSPACED_LANGUAGES:
        return text.endswith(edges)
    words = text.split()
    return bool(words) and words[-1].casefold() in edges
