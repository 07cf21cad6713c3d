"""Case: one review with all that the seller knows about it, as the reader, the writer and the checks see it."""

from __future__ import annotations

from drafter.domain.draft import Attempt, Draft, Usage
from drafter.domain.example import Example
from drafter.domain.finding import Finding, blocking
from drafter.domain.record import Record, Text
from drafter.domain.review import CaseFacts, Review
from drafter.domain.shop import Shop, Tone
from drafter.domain.situation import Channel, Route, Situation


class Case(Record):
    """A review, the shop it belongs to, and the facts of the case."""

    review: Review
    shop: Shop = Shop()
    case_facts: CaseFacts = {}

    @property
    def facts(self) -> dict[str, str]:
        """The shop's standing facts and this case's own, which win."""
        return {**self.shop.standing_facts, **self.case_facts}


class Brief(Record):
    """What a writer is asked for beyond the case: which try it is, what to mend, what not to repeat."""

    attempt: int = 1  # counts from 1
    findings: tuple[Finding, ...] = ()  # of the last try, to be mended
    last_draft: Draft | None = (
        None  # that the findings are about; without findings, the one that a person wants changed
    )
    instruction: str | None = None  # a person's wish, "shorter"
    tone: Tone | None = None  # in place of the voice's own, for this draft
    examples: tuple[Example, ...] = ()  # replies that were approved for reviews like this one, the most fitting first
    recent_replies: tuple[str, ...] = ()  # the shop's last replies, not to be echoed
    seconds: float | None = None  # that this try may take, retries included; None: as long as it needs


class ReplyToCheck(Record):
    """A reply as the guardrails see it: the texts, and all that they are measured against."""

    case: Case
    channel: Channel
    language: str | None = None  # that the reply must be in; None: that of the review's words
    public_reply: Text | None = None
    private_message: Text | None = None
    recent_replies: tuple[str, ...] = ()
    takes_up: bool = False  # it is known to be made from what the review says, though in other words
    several_points: bool = False  # the review states more than one; a shop may then allow a fourth sentence


class Prepared(Record):
    """What the pipeline made of a case: where it goes, and the draft where one is to be decided on."""

    route: Route
    situation: Situation
    draft: Draft | None = None
    findings: tuple[Finding, ...] = ()
    reason: Text | None = None  # why there is no draft, or why it is not the writer's own that was asked for
    attempts: tuple[Attempt, ...] = ()  # all tries of readers' and writers' models, in their order

    @property
    def usage(self) -> Usage:
        """What all tries took together."""
        return sum((attempt.usage for attempt in self.attempts), Usage())

    @property
    def blocked(self) -> tuple[Finding, ...]:
        """The findings that keep the draft from being approved as it is."""
        return blocking(self.findings)
