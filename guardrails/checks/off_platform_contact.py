"""No route away from the platform, in any disguise, in either channel.

Source: TikTok Shop's communication rules: answers to reviews stay on the platform; links, numbers and handles redirect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.contacts import Owner, contacts
from guardrails.kinds import Check, Hit, find_words, mentions
from guardrails.normalise import seen
from guardrails.subject import Subject

_APP = re.compile(
    "whatsapp|telegram|viber|wechat|messenger|instagram|facebook|zalo|line|twitter|discord|snapchat|ไลน์|ライン"
)


def find(subject: Subject) -> Iterator[Hit]:
    """Yield contact data that are not the buyer's own, and calls to another place."""
    given = [Hit(contact.start, contact.end) for contact in contacts(subject) if contact.owner is Owner.SELLER]
    yield from given
    for hit in find_words("off_platform_contact", subject):
        if given or not _is_warning(subject, hit):
            yield hit


def _is_warning(subject: Subject, hit: Hit) -> bool:
    """Whether a place that the buyer wrote about is named to warn of it: with nothing that leads there."""
    named = _APP.findall(seen(subject.text[hit.start : hit.end]).text)
    if not named or not all(name in subject.review_text for name in named):
        return False
    return any(mentions("warning", language, subject.views[0].text) for language in subject.languages)


CHECK = Check(
    code="off_platform_contact",
    summary="Any route away from the platform: mail, phone, link, handle, other apps, however disguised",
    message="This leads away from the platform.",
    suggestion="Point to the shop chat or the order page.",
    source="TikTok Shop, Customer Communication Guidelines and Redirecting Traffic",
    find=find,
)
