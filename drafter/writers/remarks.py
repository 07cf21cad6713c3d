"""What the LLM writer notices by itself about a model's draft: names of what there is not, and words of an example.

A name only warns: the checks judge what the text says. Copied words are to be mended, as a blocking finding is: the
shop's replies are no two alike, and what an example says is true of another customer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from drafter.domain.case import Case
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.text import Span
from drafter.writers.examples import Shown, copied
from drafter.writers.naming import Named
from prompts.prompt import Prompt, visible

MOST_NAMES = 3  # of a kind that are told; a model that names ten facts has understood nothing
LONGEST_NAME = 60  # characters that are shown


class Remarks:
    """The remarks on one draft."""

    def __init__(self, prompt: Prompt, case: Case, *, language: str, public: str, private: str) -> None:
        self._prompt = prompt
        self._case = case
        self._language = language
        self._texts = {part: text for part, text in ((Part.PUBLIC, public), (Part.PRIVATE, private)) if text}

    def on_names(self, facts: Named, details: Named) -> Iterator[Finding]:
        """Yield a warning for each fact and each detail that was named and is not there."""
        for code, named in (("unknown_fact", facts.unknown), ("unknown_detail", details.unknown)):
            for name in named[:MOST_NAMES]:
                yield self._on_whole(code, named=" ".join(visible(name).split())[:LONGEST_NAME])

    def on_wish(self) -> Iterator[Finding]:
        """Yield a warning that a person's wish could not be met, since it may not leave."""
        yield self._on_whole("wish_not_sent")

    def on_copies(self, examples: Sequence[Shown]) -> Iterator[Finding]:
        """Yield a finding for each passage that repeats a run of words of an example that the model was shown."""
        review, voice = self._case.review, self._case.shop.brand_voice
        known = [review.full_text, review.product.name or "", *self._case.facts.values(), *voice.use]
        for part, text in self._texts.items():
            for span in copied(text, examples, known, self._language):
                yield self._remark("echoes_example", Severity.BLOCK, part, span)

    def _on_whole(self, code: str, **told: str) -> Finding:
        part, text = next(iter(self._texts.items()))
        return self._remark(code, Severity.WARN, part, Span(0, len(text)), **told)

    def _remark(self, code: str, severity: Severity, part: Part, span: Span, **told: str) -> Finding:
        return Finding(
            code=code,
            check=__name__,
            severity=severity,
            part=part,
            start=span.start,
            end=span.end,
            message=self._prompt.phrase("remark", code, **told),
            suggestion=self._prompt.phrase("remark", f"{code}_mend"),
        )
