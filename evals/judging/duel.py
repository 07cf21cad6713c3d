"""A duel: the drafts of two runs side by side, case by case, before a judge that is asked in both orders."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from drafter.domain.draft import Draft, Usage
from drafter.domain.errors import BadInput
from drafter.domain.record import Record
from drafter.domain.share import Share, share
from evals.judging.agreement import PositionBias, position_bias, sign_test
from evals.judging.judge import NotJudged, PairJudge, Preference
from evals.judging.pairs import Pair
from evals.judging.shown import Reply
from evals.runs.asking import OutOfBudget
from evals.runs.record import ReviewResult, Run


class Duel(Record):
    """Which of two runs a judge prefers."""

    before: str
    after: str
    pairs: int  # cases of the same inputs with a draft in both runs
    same: int  # of them those with the same text, which nobody was asked about
    failed: int  # no judgement that counts
    stopped: str | None = None  # why pairs were left out
    after_better: int
    before_better: int
    ties: int  # those whose orders disagreed included, those of the same text not
    after_wins: Share  # of the pairs with a winner
    p: float  # of as uneven a split, if neither run were better; two-sided sign test
    position_bias: PositionBias
    usage: Usage


def pairs_of_runs(before: Run, after: Run) -> list[Pair]:
    """Return the drafts of the cases that two runs share; the first is that of `before`.

    Raises:
        BadInput: the runs share no case with a draft in both.
    """
    earlier = {(result.case, result.repeat): result for result in before.reviews}
    pairs = [
        _pair(was, result)
        for result in after.reviews
        if (was := earlier.get((result.case, result.repeat))) is not None and was.inputs_hash == result.inputs_hash
    ]
    found = [pair for pair in pairs if pair is not None]
    if not found:
        raise BadInput(f"{before.name} and {after.name} share no case with a draft in both.")
    return found


async def duel(
    before: Run, after: Run, judge: PairJudge, *, progress: Callable[[int], None] = lambda _count: None
) -> Duel:
    """Return which of two runs a judge prefers.

    Args:
        before: the run to start from.
        after: the run to judge.
        judge: of pairs.
        progress: is called with 1 for each pair.

    Raises:
        BadInput: the runs share no case with a draft in both.
    """
    pairs = pairs_of_runs(before, after)
    differing = [pair for pair in pairs if pair.first != pair.second]
    progress(len(pairs) - len(differing))

    async def judged(pair: Pair) -> Preference | NotJudged | OutOfBudget:
        try:
            return await judge.prefer(pair.case, pair.first, pair.second)
        except (NotJudged, OutOfBudget) as error:
            return error
        finally:
            progress(1)

    found = await asyncio.gather(*map(judged, differing))
    return _counted(before, after, len(pairs), found, judge.usage)


def _counted(
    before: Run, after: Run, pairs: int, found: Sequence[Preference | NotJudged | OutOfBudget], usage: Usage
) -> Duel:
    preferences = [entry for entry in found if isinstance(entry, Preference)]
    verdicts = [preference.better for preference in preferences]
    won, lost = verdicts.count("second"), verdicts.count("first")
    return Duel(
        before=before.name,
        after=after.name,
        pairs=pairs,
        same=pairs - len(found),
        failed=sum(isinstance(entry, NotJudged) for entry in found),
        stopped=next((str(entry) for entry in found if isinstance(entry, OutOfBudget)), None),
        after_better=won,
        before_better=lost,
        ties=verdicts.count("tie"),
        after_wins=share(won, won + lost),
        p=sign_test(won, lost),
        position_bias=position_bias(preferences),
        usage=usage,
    )


def _pair(before: ReviewResult, after: ReviewResult) -> Pair | None:
    if before.output.draft is None or after.output.draft is None:
        return None
    return Pair(
        name=after.case,
        language=after.output.draft.language,
        situation=after.output.situation.situation,
        case=after.inputs.as_case(),
        first=_reply(before.output.draft),
        second=_reply(after.output.draft),
    )


def _reply(draft: Draft) -> Reply:
    return Reply(public=draft.public_reply, private=draft.private_message)
