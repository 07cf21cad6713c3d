"""No data of the buyer in a public reply, even when they are true or the buyer posted them.

Source: TikTok Shop's communication rules (customer data are confidential); fines for replies that named patients.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from drafter.domain.finding import Part
from guardrails.contacts import Owner, contacts
from guardrails.kinds import Check, Hit, find_words
from guardrails.names import full_names, hidden_names, known_data
from guardrails.normalise import seen
from guardrails.subject import Subject
from guardrails.told import told_facts

_PRIVATE_PLACE = re.compile(
    "chat|messag|mensa|nachricht|account|konto|cuenta|conta|compte|akun|akaun|note|nota|notiz|card|kart|carte|tarjeta"
    "|cartao|biglietto|history|histor|riwayat|sejarah|number|nummer|numer|nomor|nombor|phone|mail|address|adres|direcc"
    "|enderec|indirizzo|alamat|comment|koment|kolom|here|below|publicly"
)
_TELLING = re.compile(r"[^\W\d_]{3,}|\d+")
_STEM = 5
#: The words of the patterns that tell nothing by themselves.
_PLAIN = frozenset(
    {"and", "that", "was", "has", "had", "our", "with", "your", "you", "the", "for", "ihre", "dein", "deine"}
) | {"seu", "sua", "votre", "vos", "suo", "anda", "kakak", "inyon", "iyong"}


def find(subject: Subject) -> Iterator[Hit]:
    """Yield numbers, addresses, names and what only the seller can know of the buyer."""
    for contact in contacts(subject):
        if contact.owner is Owner.BUYER:
            yield Hit(contact.start, contact.end)
    yield from (Hit(*span) for span in hidden_names(subject))
    yield from (Hit(*span) for span in full_names(subject))
    yield from (Hit(*span) for span in known_data(subject))
    yield from (Hit(*span) for span in told_facts(subject))
    yield from (hit for hit in find_words("personal_data", subject) if not _is_told_by_buyer(subject, hit))


def _is_told_by_buyer(subject: Subject, hit: Hit) -> bool:
    """Whether the review itself says all that a passage tells: for whom it was bought, that it was the second one.

    What was said in the chat or in a gift note is private whatever the review says of it.
    """
    passage = seen(subject.text[hit.start : hit.end]).folded.text
    if _PRIVATE_PLACE.search(passage):
        return False
    told = {word[:_STEM] for word in _TELLING.findall(passage)} - _PLAIN
    review = {word[:_STEM] for word in _TELLING.findall(seen(subject.reply.case.review.full_text).folded.text)}
    return bool(told) and told <= review


CHECK = Check(
    code="personal_data",
    summary="Order numbers, names, contact data or the buyer's history in a public reply",
    message="This publishes data of the buyer.",
    suggestion="Leave it out in public; in the private message it may stand.",
    source="TikTok Shop, Customer Communication Guidelines; policies on private data in replies",
    find=find,
    parts=(Part.PUBLIC,),
)
