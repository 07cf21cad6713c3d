"""No route away from the platform, in any disguise, in either channel.

Source: TikTok Shop's communication rules: answers to reviews stay on the platform; links, numbers and handles redirect.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.contacts import Owner, contacts
from guardrails.kinds import Check, Hit, find_words
from guardrails.subject import Subject


def find(subject: Subject) -> Iterator[Hit]:
    """Yield contact data that are not the buyer's own, and calls to another place."""
    for contact in contacts(subject):
        if contact.owner is Owner.SELLER:
            yield Hit(contact.start, contact.end)
    yield from find_words("off_platform_contact", subject)


CHECK = Check(
    code="off_platform_contact",
    summary="Any route away from the platform: mail, phone, link, handle, other apps, however disguised",
    message="This leads away from the platform.",
    suggestion="Point to the shop chat or the order page.",
    source="TikTok Shop, Customer Communication Guidelines and Redirecting Traffic",
    find=find,
)
