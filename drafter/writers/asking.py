"""What a model is asked: the case in the words of the prompt, with marks in place of personal data."""

from __future__ import annotations

from collections.abc import Sequence

from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft
from drafter.domain.finding import Finding, Part
from drafter.domain.names import suits, usable_first_name
from drafter.domain.situation import Situation
from drafter.domain.text import UNSPACED_LANGUAGES
from drafter.llm.masks import Masks
from guardrails.limits import limits_of
from prompts.prompt import Prompt, Rendered, fence, visible


class Question:
    """One request about a case, before and after its personal data are hidden."""

    def __init__(self, prompt: Prompt, case: Case, situation: Situation, brief: Brief, masks: Masks) -> None:
        self._prompt = prompt
        self._case = case
        self._situation = situation
        self._brief = brief
        self._masks = masks
        self._language = case.shop.answers_in(situation.language)
        self._review = self._shown(case.review.full_text)  # first, so that its marks are numbered first

    def rendered(self, form: str) -> Rendered:
        """Return the prompt for an answer in a form (the name of the model's mode). Raises PromptError."""
        cases = {
            "situation_guide": self._situation.situation.value,
            "channel_guide": self._situation.channel.value,
            "answer_form": form,
        }
        return self._prompt.render(cases, {**self._of_case(), **self._of_shop(), **self._of_brief()})

    def _of_case(self) -> dict[str, str]:
        name = usable_first_name(self._case.review.author)
        fact = self._prompt.phrase
        facts = [fact("fact", "line", name=name, text=text) for name, text in self._case.facts.items()]
        details = _listed(self._details())
        return {
            "name": (self._masks.first_name or "") if name and suits(name, self._language) else "",
            "product": self._line(self._case.review.product.name or ""),
            "secondary": ", ".join(self._situation.secondary),
            "case_facts": _listed([self._line(fact) for fact in facts]),
            "details": fence(details, "details") if details else "",
            "review": fence(self._review),
        }

    def _of_shop(self) -> dict[str, str]:
        voice, limits = self._case.shop.brand_voice, limits_of(self._case)
        fourth = limits.fourth_sentence and bool(self._situation.secondary)
        unspaced = self._language in UNSPACED_LANGUAGES
        characters = min(limits.public_characters_unspaced, limits.public_characters) if unspaced else None
        phrase = self._prompt.phrase
        return {
            "language": f"{self._language} ({phrase('languages', self._language)})",
            "channel": self._situation.channel.value,
            "sentences": phrase("sentences", "fourth" if fourth else "usual"),
            "length": phrase(
                "length",
                "unspaced" if unspaced else "spaced",
                words=str(limits.public_words),
                characters=str(characters or limits.public_characters),
            ),
            "shop": self._line(self._case.shop.display_name),
            "brand_voice": ", ".join(
                (
                    phrase("tone", voice.tone),
                    phrase("person", voice.person),
                    phrase("emoji", "yes" if voice.emoji else "no"),
                )
            ),
            "sign_off": self._line(voice.sign_off or ""),
            "phrases_to_avoid": "; ".join(map(self._line, voice.avoid)),
        }

    def _of_brief(self) -> dict[str, str]:
        last, brief = self._brief.last_draft, self._brief
        return {
            "instruction": self._line(brief.instruction or ""),
            "last_draft": fence(self._told(last), "draft") if last is not None else "",
            "findings": _listed([self._mended(finding) for finding in brief.findings]),
        }

    def _details(self) -> list[str]:
        """Return the details as they stand in the hidden review; one that cuts a mark in two is left out."""
        shown = [self._shown(detail.text).strip() for detail in self._situation.details]
        return [_on_one_line(detail) for detail in shown if detail and detail in self._review]

    def _told(self, draft: Draft) -> str:
        """Return both texts of a draft, each under its name."""
        texts = ((Part.PUBLIC, draft.public_reply), (Part.PRIVATE, draft.private_message))
        return "\n\n".join(
            f"{self._prompt.phrase('parts', part)}:\n{self._shown(text)}" for part, text in texts if text
        )

    def _mended(self, finding: Finding) -> str:
        """Return a finding as an instruction, with the passage where it is one and hides nothing."""
        told = {
            "part": self._prompt.phrase("parts", finding.part),
            "message": self._line(finding.message),
            "suggestion": self._line(finding.suggestion),
        }
        passage = self._passage(finding)
        if passage is None:
            return self._prompt.phrase("finding", "whole", **told)
        return self._prompt.phrase("finding", "passage", passage=passage, **told)

    def _passage(self, finding: Finding) -> str | None:
        draft = self._brief.last_draft
        texts = {Part.PUBLIC: draft and draft.public_reply, Part.PRIVATE: draft and draft.private_message}
        text = texts[finding.part] or ""
        passage = self._line(text[finding.start : finding.end])
        whole = finding.start == 0 and finding.end >= len(text)
        return passage if passage and not whole and passage in _on_one_line(self._shown(text)) else None

    def _shown(self, text: str) -> str:
        return self._masks.hide(visible(text))

    def _line(self, text: str) -> str:
        return _on_one_line(self._shown(text))


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _listed(entries: Sequence[str]) -> str:
    return "\n".join(f"- {entry}" for entry in entries)
