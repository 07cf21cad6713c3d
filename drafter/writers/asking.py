"""What a model is asked: the case in the words of the prompt, with marks in place of personal data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft
from drafter.domain.finding import Finding, Part
from drafter.domain.names import suits, usable_first_name
from drafter.domain.shop import Tone
from drafter.domain.situation import Situation, SituationName
from drafter.domain.text import UNSPACED_LANGUAGES
from drafter.llm.masks import Masks
from drafter.llm.sending import sent_brief, sent_case
from drafter.settings import Send
from drafter.writers.examples import LONGEST_REPLY, LONGEST_REVIEW, Shown, examples_for, shortened
from guardrails.catalogue import CATALOGUE
from guardrails.limits import limits_of
from prompts.prompt import Prompt, Rendered, fence, visible

NAME_MARK = "[NAME]"  # that stands for a customer's first name in examples, as in what is asked
_GREETING = re.compile(r"\A[^.!?,、。\n]{0,25}\[NAME\][^\s.!?,、。]{0,4}[,!.、。:]*\s*")


class Question:
    """One request about a case, before and after its personal data are hidden."""

    def __init__(
        self, prompt: Prompt, case: Case, situation: Situation, brief: Brief, masks: Masks, send: Send = "case"
    ) -> None:
        self._prompt = prompt
        self._case = sent_case(case, send)
        self._situation = situation
        self._brief = sent_brief(brief, send)
        self._masks = masks
        self._tells_findings = send == "case"  # else their words could tell of the case
        self._language = case.shop.answers_in(situation.language)
        self._review = self._shown(self._case.review.full_text)  # first, so that its marks are numbered first
        self.examples = examples_for(self._case, self._brief, self._language)

    def rendered(self, form: str) -> Rendered:
        """Return the prompt for an answer in a form (the name of the model's mode). Raises PromptError."""
        cases = {
            "situation_guide": self._situation.situation.value,
            "channel_guide": self._situation.channel.value,
            "answer_form": form,
        }
        return self._prompt.render(cases, {**self._of_shop(), **self._of_form(), **self._of_case(), **self._of_brief()})

    def _of_shop(self) -> dict[str, str]:
        """Return what holds for every draft of the shop; it comes first, so that requests begin alike."""
        shop, phrase = self._case.shop, self._prompt.phrase
        voice = shop.brand_voice
        manner = (
            phrase("tone", self._tone),
            phrase("person", voice.person),
            phrase("emoji", "yes" if voice.emoji else "no"),
        )
        standing = {key: text for key, text in shop.standing_facts.items() if key not in self._case.case_facts}
        examples = _listed([told for example in self.examples if (told := self._example(example))])
        return {
            "shop": self._line(shop.display_name),
            "brand_voice": ", ".join(manner),
            "phrases_to_use": "; ".join(map(self._line, voice.use)),
            "phrases_to_avoid": "; ".join(map(self._line, voice.avoid)),
            "sign_off": self._line(voice.sign_off or ""),
            "standing_facts": self._facts(standing),
            "examples": fence(examples, "examples") if examples else "",
        }

    def _of_form(self) -> dict[str, str]:
        """Return what is asked for: the language, how it speaks to the customer, the channel, the length."""
        limits, phrase = limits_of(self._case), self._prompt.phrase
        fourth = limits.fourth_sentence and bool(self._situation.secondary)
        unspaced = self._language in UNSPACED_LANGUAGES
        most = (
            min(limits.public_characters, limits.public_characters_unspaced) if unspaced else limits.public_characters
        )
        return {
            "language": f"{self._language} ({phrase('languages', self._language)})",
            "register": phrase("register_formal" if self._tone == "formal" else "register", self._language),
            "channel": self._situation.channel.value,
            "sentences": phrase("sentences", "fourth" if fourth else "usual"),
            "length": phrase(
                "length",
                "unspaced" if unspaced else "spaced",
                words=str(limits.public_words),
                characters=str(most),
            ),
        }

    def _of_case(self) -> dict[str, str]:
        name = usable_first_name(self._case.review.author)
        details = _listed(self._details())
        own = self._facts(self._case.case_facts)
        return {
            "name": (self._masks.first_name or "") if name and suits(name, self._language) else "",
            "product": self._line(self._case.review.product.name or ""),
            "secondary": ", ".join(self._prompt.phrase("point", name) for name in self._further),
            "case_facts": own or ("" if self._case.facts else self._prompt.phrase("fact", "none")),
            "details": fence(details, "details") if details else "",
            "review": fence(self._review),
        }

    def _of_brief(self) -> dict[str, str]:
        last, brief = self._brief.last_draft, self._brief
        told = fence(self._told(last), "draft") if last is not None else ""
        return {
            "instruction": self._line(brief.instruction or ""),
            "replaced_draft": "" if brief.findings else told,
            "last_draft": told if brief.findings else "",
            "findings": _listed([self._mended(finding) for finding in brief.findings]),
        }

    @property
    def _further(self) -> list[SituationName]:
        """The further situations that can be answered."""
        return [name for name in self._situation.secondary if name is not SituationName.SPAM_ABUSE]

    @property
    def _tone(self) -> Tone:
        return self._brief.tone or self._case.shop.brand_voice.tone

    def _facts(self, facts: Mapping[str, str]) -> str:
        phrase = self._prompt.phrase
        return _listed([self._line(phrase("fact", "line", name=name, text=text)) for name, text in facts.items()])

    def _example(self, example: Shown) -> str | None:
        """Return an example on one line; its `[NAME]` is this customer's mark now, or leaves with its greeting."""
        name = self._masks.first_name or ""
        text = example.reply if name else _GREETING.sub("", example.reply)
        text = text[:1].upper() + text[1:]
        if not name and NAME_MARK in text:
            return None
        reply = shortened(name.join(map(self._shown, text.split(NAME_MARK))), LONGEST_REPLY)
        if not example.review:
            return self._prompt.phrase("example", "alone", reply=reply)
        excerpt = shortened(self._line(example.review), LONGEST_REVIEW)
        return self._prompt.phrase("example", "answering", excerpt=excerpt, reply=reply)

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
        told = {"part": self._prompt.phrase("parts", finding.part), **self._words_of(finding)}
        passage = self._passage(finding)
        if passage is None:
            return self._prompt.phrase("finding", "whole", **told).strip()
        return self._prompt.phrase("finding", "passage", passage=passage, **told).strip()

    def _words_of(self, finding: Finding) -> dict[str, str]:
        """Return what a finding says; where only the review may leave, what it can say of any case."""
        if self._tells_findings:
            return {"message": self._line(finding.message), "suggestion": self._line(finding.suggestion)}
        check = next((check for check in CATALOGUE if check.path == finding.check), None)
        if check is None:
            return {"message": self._prompt.phrase("finding", "unsaid"), "suggestion": ""}
        return {"message": check.message, "suggestion": check.suggestion}

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
