"""A greeting with a name that is none: masked, a handle, digits; shown, never blocking.

Source: founding document: masked names, handles and e-mail-like names are not used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from drafter.domain.finding import Severity
from drafter.domain.names import usable_first_name
from guardrails.kinds import Check, Hit
from guardrails.subject import Subject

_NO_NAME = re.compile(r"[\d@*_#]")
_HEAD = 60  # code points; a greeting stands within them


def find(subject: Subject) -> Iterator[Hit]:
    """Yield the shown name in the greeting where it is not usable as one."""
    author = (subject.reply.case.review.author or "").strip()
    if author and usable_first_name(author) is None and not _has_title(author):
        match = re.search(re.escape(author), subject.text[:_HEAD], re.IGNORECASE)
        if match:
            yield Hit(match.start(), match.end())


def _has_title(author: str) -> bool:
    """Whether a name follows a title, as "Dr. Nelson" or "Bu Tini"."""
    rest = author.split()[1:]
    return not _NO_NAME.search(author) and any(usable_first_name(part) for part in rest)


CHECK = Check(
    code="unusable_name",
    summary="Greets with a masked name, a handle or digits",
    message="This is not a name to greet with.",
    suggestion="Greet without a name.",
    source="founding document",
    find=find,
    severity=Severity.WARN,
)
