"""A text of a draft that is only read, with what the checks found in it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from drafter.domain.draft import Draft
from drafter.domain.finding import Finding, Part
from drafter.web.underline import marked


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One text, to be read."""

    part: str
    text: str
    language: str
    findings: tuple[Finding, ...]

    @property
    def marked(self) -> Markup:
        """The text with its findings underlined."""
        return marked(self.text, self.findings)


def passages_of(draft: Draft | None, findings: tuple[Finding, ...]) -> tuple[Passage, ...]:
    """Return the texts of a draft, the public one first; none where there is no draft."""
    if draft is None:
        return ()
    texts = ((Part.PUBLIC, draft.public_reply), (Part.PRIVATE, draft.private_message))
    return tuple(
        Passage(
            part=part,
            text=text,
            language=draft.language,
            findings=tuple(finding for finding in findings if finding.part is part),
        )
        for part, text in texts
        if text
    )
