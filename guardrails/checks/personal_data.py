"""No data of the buyer in a public reply, even when they are true or the buyer posted them.

Source: TikTok Shop's communication rules (customer data are confidential); fines for replies that named patients.
"""

from __future__ import annotations

from collections.abc import Iterator

from drafter.domain.finding import Part
from guardrails.contacts import Owner, contacts
from guardrails.kinds import Check, Hit, find_words
from guardrails.names import full_names, hidden_names, known_data
from guardrails.subject import Subject
from guardrails.told import told_facts


def find(subject: Subject) -> Iterator[Hit]:
    """Yield numbers, addresses, names and what only the seller can know of the buyer."""
    for contact in contacts(subject):
        if contact.owner is Owner.BUYER:
            yield Hit(contact.start, contact.end)
    yield from (Hit(*span) for span in hidden_names(subject))
    yield from (Hit(*span) for span in full_names(subject))
    yield from (Hit(*span) for span in known_data(subject))
    yield from (Hit(*span) for span in told_facts(subject))
    yield from find_words("personal_data", subject)


CHECK = Check(
    code="personal_data",
    summary="Order numbers, names, contact data or the buyer's history in a public reply",
    message="This publishes data of the buyer.",
    suggestion="Leave it out in public; in the private message it may stand.",
    source="TikTok Shop, Customer Communication Guidelines; policies on private data in replies",
    find=find,
    parts=(Part.PUBLIC,),
)
