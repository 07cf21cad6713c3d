"""The template writer: a reply from our own wordings, which repeats what the review reports, or names what it is about.

No model and no network. It promises nothing and states nothing beyond the review. The choice of wordings follows from
the review's version and the shop, so that the same review has the same reply and neighbours differ.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft, Provenance
from drafter.domain.errors import WriterFailed
from drafter.domain.situation import Situation
from drafter.writers.choosing import answered
from drafter.writers.composing import Composer, fits_public
from drafter.writers.fillings import Filling, fillings
from drafter.writers.topics import complained_of
from guardrails.limits import limits_of
from prompts.library import Library, PromptError

MAX_FOLLOWED_WORDS = 5  # a longer instruction asks for more than a shorter reply

_NEEDS_MODEL = "The template writer cannot follow instructions; set a model for that. It chose another wording."


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What a reply is made from, the fullest first; the last is always plain."""

    composer: Composer
    fillings: tuple[Filling, ...]


class TemplateWriter:
    """Fills a situation's templates."""

    name = "template"

    def __init__(self, library: Library) -> None:
        self._library = library

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        """Return a draft.

        The first try may repeat or quote the review, name the product and tell a fact; the second, with findings to
        mend, names topics in words of our own; the third is plain and leaves out the name too.

        Raises:
            WriterFailed: there are no templates for the situation, or they cannot be used.
        """
        started = time.perf_counter()
        try:
            draft = self._write(case, situation, brief)
        except PromptError as error:
            raise WriterFailed(str(error)) from error
        latency = round((time.perf_counter() - started) * 1000, 3)
        return draft.with_changes(provenance=draft.provenance.with_changes(latency_ms=latency))

    def _write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        situation = complained_of(case, answered(case, situation, self._library), self._library)
        language = self._language(case, situation)
        plan = self._plan(case, situation, brief, language)
        public, filling = _first_that_fits(plan, case, language)
        message = plan.composer.message(filling)
        return Draft(
            public_reply=public,
            private_message=message,
            facts_used=_facts_in(filling, public, message),
            details_used=_details_in(filling, f"{public}\n{message}", plan.composer),
            language=language,
            provenance=Provenance(
                writer=self.name,
                prompt=f"templates/{language}/{situation.situation.value}",
                prompt_hash=self._library.hash_of(language, situation.situation.value),
                attempt=brief.attempt,
                fallback_reason=self._unmet(plan.composer, brief),
            ),
        )

    def _language(self, case: Case, situation: Situation) -> str:
        """Return the review's language if we have templates for it, else the shop's."""
        for language in (situation.language, case.shop.default_language):
            if self._library.has(language, situation.situation.value):
                return language
        raise WriterFailed(
            f"There are no templates for {situation.situation.value} in {situation.language} "
            f"or in the shop's language, {case.shop.default_language}."
        )

    def _plan(self, case: Case, situation: Situation, brief: Brief, language: str) -> _Plan:
        voice = case.shop.brand_voice
        composer = Composer(
            library=self._library,
            language=language,
            situation=situation,
            voice=voice.with_changes(tone=brief.tone) if brief.tone else voice,
            seed=f"{case.review.version}/{case.shop.name}/{brief.instruction or ''}",
            attempt=brief.attempt,
            recent_replies=brief.recent_replies,
            shorter=self._wants_shorter(brief),
            fourth_sentence=case.shop.limits.fourth_sentence,
        )
        chosen = fillings(case, situation, language, self._library, attempt=brief.attempt)
        return _Plan(composer=composer, fillings=chosen)

    def _wants_shorter(self, brief: Brief) -> bool:
        wish = (brief.instruction or "").casefold()
        return bool(wish) and any(word in wish for word in self._library.words("instructions").every)

    def _unmet(self, composer: Composer, brief: Brief) -> str | None:
        """Return which wishes of the shop and of the person the draft does not meet, if any."""
        unfollowed = self._unfollowed(brief)
        return " ".join([*composer.shortfalls, *([unfollowed] if unfollowed else [])]) or None

    def _unfollowed(self, brief: Brief) -> str | None:
        """Return why an instruction was not followed; "shorter" alone is, "shorter, and mention ..." is not."""
        if not brief.instruction:
            return None
        followed = self._wants_shorter(brief) and len(brief.instruction.split()) <= MAX_FOLLOWED_WORDS
        return None if followed else _NEEDS_MODEL


def _first_that_fits(plan: _Plan, case: Case, language: str) -> tuple[str, Filling]:
    """Return the fullest public reply within the limits, else the shortest plain one, which the checks then judge."""
    limits = limits_of(case)
    for filling in plan.fillings:
        composed = plan.composer.public(filling)
        if fits_public(composed, limits, language):
            return composed.text, filling
    return plan.composer.shortest().text, Filling()


def _facts_in(filling: Filling, public: str, message: str | None) -> tuple[str, ...]:
    """Return the keys of the facts that the texts tell."""
    told = ((filling.fact, public), (filling.policy, message or ""))
    return tuple(dict.fromkeys(fact[0] for fact, text in told if fact and fact[1] in text))


def _details_in(filling: Filling, text: str, composer: Composer) -> tuple[str, ...]:
    """Return the words of the review that the texts quote, say again or name."""
    folded = text.casefold()

    def stands(said: str) -> bool:
        told = composer.in_tone(said).casefold()
        return told in folded or told.partition(" ")[2] in folded if " " in told else told in folded

    quoted = [filling.detail] if filling.detail and filling.detail in text else []
    repeated = [one.found for one in filling.report.every if stands(one.said)]
    topics = [point for point in (filling.named, *filling.further.values()) if point]
    found = [word for point in topics if any(map(stands, point.said.values())) for word in point.found]
    return tuple(dict.fromkeys([*quoted, *repeated, *found]))
