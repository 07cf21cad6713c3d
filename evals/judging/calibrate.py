"""Calibration: how far a judge agrees with the labels of the pairs that come with this version."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

from drafter.domain.draft import Usage
from drafter.domain.record import Record
from drafter.domain.share import Share, share
from evals.judging.agreement import PositionBias, kappa, position_bias
from evals.judging.judge import NotJudged, PairJudge, Preference, ReplyJudge
from evals.judging.pairs import LabelledPair
from evals.judging.shown import Reply
from evals.runs.asking import OutOfBudget

Told = Callable[[int], None]


class Outcome(Record):
    """What a judge said of a pair."""

    pair: LabelledPair
    preference: Preference | None = None
    scores: tuple[int, int] | None = None  # of the first and the second reply, in the pair's quality; None: no scores
    failed: str | None = None  # why there is no judgement
    left_out: str | None = None  # why it was not asked for

    @property
    def right(self) -> bool:
        """Whether the verdict is the label."""
        return self.preference is not None and self.preference.better == self.pair.better

    @property
    def order(self) -> Literal["kept", "even", "reversed"] | None:
        """Whether the reply that the label prefers has the higher score in the quality that decides."""
        if self.scores is None or self.pair.better == "tie":
            return None
        first, second = self.scores
        if first == second:
            return "even"
        return "kept" if (first > second) == (self.pair.better == "first") else "reversed"


class Agreement(Record):
    """Agreement with the labels over some pairs."""

    right: Share
    kappa: float | None


class Calibration(Record):
    """How far a judge can be trusted, as far as these pairs show it."""

    model: str
    judge_hash: str  # of its prompt and the rubric
    pairs: int
    judged: int
    failed: int  # no judgement that counts
    stopped: str | None = None  # why pairs were left out
    agreement: Agreement
    worse_preferred: int  # pairs with a better reply in which both orders preferred the other one
    longer_wins: Share  # pairs with a better reply in which the longer one is better: what counting letters would reach
    same_quality: Share  # right verdicts that name the label's quality
    by_quality: Mapping[str, Agreement]
    by_language: Mapping[str, Agreement]
    by_kind: Mapping[str, Agreement]
    by_length: Mapping[str, Agreement]  # whether the better reply is the longer one: a judge may fall for length
    position_bias: PositionBias
    scores_in_order: Mapping[str, int] | None = None  # `kept`, `even`, `reversed`; None: scores were not asked for
    usage: Usage


async def outcomes_of(
    pairs: Sequence[LabelledPair],
    judge: PairJudge,
    scoring: ReplyJudge | None = None,
    *,
    progress: Told = lambda _count: None,
) -> list[Outcome]:
    """Return what a judge says of each pair.

    Args:
        pairs: with their labels, which the judge does not see.
        judge: of pairs.
        scoring: a judge of single replies, to score both of each pair; None: no scores.
        progress: is called with 1 for each pair.
    """

    async def outcome(pair: LabelledPair) -> Outcome:
        try:
            preference = await judge.prefer(pair.case, pair.first, pair.second)
            scores = await _scores(pair, scoring) if scoring is not None else None
            return Outcome(pair=pair, preference=preference, scores=scores)
        except NotJudged as error:
            return Outcome(pair=pair, failed=str(error))
        except OutOfBudget as error:
            return Outcome(pair=pair, left_out=str(error))
        finally:
            progress(1)

    return await asyncio.gather(*map(outcome, pairs))


def calibration(outcomes: Sequence[Outcome], *, model: str, judge_hash: str, usage: Usage) -> Calibration:
    """Return the figures."""
    judged = [outcome for outcome in outcomes if outcome.preference is not None]
    decided = [outcome.pair for outcome in judged if outcome.pair.better != "tie"]
    right = [outcome for outcome in judged if outcome.right]
    orders = [outcome.order for outcome in judged if outcome.order is not None]
    return Calibration(
        model=model,
        judge_hash=judge_hash,
        pairs=len(outcomes),
        judged=len(judged),
        failed=sum(outcome.failed is not None for outcome in outcomes),
        stopped=next((outcome.left_out for outcome in outcomes if outcome.left_out), None),
        agreement=_agreement(judged),
        worse_preferred=sum(_prefers_the_worse(outcome) for outcome in judged),
        longer_wins=share(sum(pair.better == _longer(pair) for pair in decided), len(decided)),
        same_quality=share(sum(_names_the_quality(outcome) for outcome in right), len(right)),
        by_quality=_by(judged, lambda outcome: outcome.pair.quality.value),
        by_language=_by(judged, lambda outcome: outcome.pair.language),
        by_kind=_by(judged, lambda outcome: outcome.pair.kind),
        by_length=_by(judged, lambda outcome: _length_of_the_better(outcome.pair)),
        position_bias=position_bias(list(_preferences(judged))),
        scores_in_order={name: orders.count(name) for name in ("kept", "even", "reversed")} if orders else None,
        usage=usage,
    )


async def _scores(pair: LabelledPair, scoring: ReplyJudge) -> tuple[int, int] | None:
    """Return the scores of both replies in the quality that decides; None where one of them has none that counts."""
    try:
        first, second = await asyncio.gather(*(scoring.judge(pair.case, reply) for reply in (pair.first, pair.second)))
    except NotJudged:
        return None
    return getattr(first, pair.quality.value).score, getattr(second, pair.quality.value).score


def _agreement(outcomes: Sequence[Outcome]) -> Agreement:
    verdicts = [(outcome.pair.better, outcome.preference.better) for outcome in outcomes if outcome.preference]
    return Agreement(right=share(sum(map(_same, verdicts)), len(verdicts)), kappa=kappa(verdicts))


def _same(verdict: tuple[str, str]) -> bool:
    return verdict[0] == verdict[1]


def _by(outcomes: Sequence[Outcome], key: Callable[[Outcome], str]) -> dict[str, Agreement]:
    names = sorted({key(outcome) for outcome in outcomes})
    return {name: _agreement([outcome for outcome in outcomes if key(outcome) == name]) for name in names}


def _preferences(outcomes: Sequence[Outcome]) -> Iterator[Preference]:
    for outcome in outcomes:
        if outcome.preference is not None:
            yield outcome.preference


def _prefers_the_worse(outcome: Outcome) -> bool:
    found = outcome.preference
    return found is not None and {found.better, outcome.pair.better} == {"first", "second"}


def _names_the_quality(outcome: Outcome) -> bool:
    return outcome.preference is not None and outcome.preference.quality is outcome.pair.quality


def _length_of_the_better(pair: LabelledPair) -> str:
    if pair.better == "tie":
        return "tie"
    return "longer" if pair.better == _longer(pair) else "shorter"


def _longer(pair: LabelledPair) -> str:
    return "first" if _length(pair.first) > _length(pair.second) else "second"


def _length(reply: Reply) -> int:
    return sum(map(len, reply.parts.values()))
