"""What a judge sees: a case and replies to it without personal data, each text that is not ours in a fence."""

from __future__ import annotations

from drafter.domain.case import Case
from drafter.domain.record import Record, Text
from drafter.llm.case_masks import masks_for
from prompts.prompt import Prompt, fence, visible


class Reply(Record):
    """A reply that is judged."""

    public: Text | None = None
    private: Text | None = None

    @property
    def parts(self) -> dict[str, str]:
        """Its texts by what they are; those that there are."""
        texts = {"public_reply": self.public, "private_message": self.private}
        return {name: text for name, text in texts.items() if text}


class Shown:
    """A case as one request shows it; the same datum has the same mark in all its texts."""

    def __init__(self, case: Case, prompt: Prompt) -> None:
        self._case = case
        self._prompt = prompt
        self._masks = masks_for(case)
        self.texts = [self._shown(case.review.full_text)]  # what may be quoted, as the judge sees it

    def case(self) -> dict[str, str]:
        """Return the variables that the case fills."""
        review, phrase = self._case.review, self._prompt.phrase
        facts = [phrase("fact", "line", name=name, text=text) for name, text in self._case.facts.items()]
        return {
            "stars": phrase("stars", "given", stars=str(review.rating)) if review.rating else "",
            "product": " ".join(self._shown(review.product.name or "").split()),
            "facts": fence("\n".join(map(self._shown, facts)), "facts") if facts else "",
            "review": fence(self.texts[0], "review"),
        }

    def reply(self, reply: Reply, letter: str = "") -> dict[str, str]:
        """Return the variables that a reply fills; with a letter, those of the one of two that has it."""
        shown = {name: self._shown(text) for name, text in reply.parts.items()}
        self.texts += shown.values()
        names = {name: f"{name}_{letter}" if letter else name for name in ("public_reply", "private_message")}
        return {variable: fence(shown[name], variable) if name in shown else "" for name, variable in names.items()}

    def _shown(self, text: str) -> str:
        return self._masks.hide(visible(text))
