"""A text with its findings underlined, as safe HTML."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup, escape

from drafter.domain.finding import Finding, Severity


def marked(text: str, findings: Sequence[Finding]) -> Markup:
    """Return the text, escaped, with a `<mark>` around every stretch that a finding covers.

    Overlapping findings cut the text into stretches; each stretch names all findings that cover it (their places in
    `findings`, in `data-findings`) and looks like the worst of them. Spans that leave the text are clipped; a finding
    without a span marks nothing.
    """
    spans = [(min(finding.start, len(text)), min(finding.end, len(text))) for finding in findings]
    cuts = sorted({0, len(text), *(edge for span in spans if span[0] < span[1] for edge in span)})
    return Markup().join(_stretch(text, start, end, findings, spans) for start, end in pairwise(cuts))


def _stretch(text: str, start: int, end: int, findings: Sequence[Finding], spans: Sequence[tuple[int, int]]) -> Markup:
    covering = [place for place, (left, right) in enumerate(spans) if left <= start and end <= right and left < right]
    words = escape(text[start:end])
    if not covering:
        return words
    blocks = any(findings[place].blocks for place in covering)
    return Markup('<mark class="{severity}" data-findings="{places}" title="{title}">{words}</mark>').format(
        severity=Severity.BLOCK.value if blocks else Severity.WARN.value,
        places=" ".join(map(str, covering)),
        title="\n".join(f"{findings[place].message} {findings[place].suggestion}" for place in covering),
        words=words,
    )
