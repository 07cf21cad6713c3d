"""Calibrations and duels as tables in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from drafter.domain.draft import Usage
from drafter.domain.share import Share
from evals.judging.agreement import PositionBias
from evals.judging.calibrate import Agreement, Calibration, Outcome
from evals.judging.duel import Duel

DISAGREEMENTS_SHOWN = 12
ALPHA = 0.05  # below it, a split between the places is called a bias


def calibration(found: Calibration, outcomes: list[Outcome]) -> Iterator[RenderableType]:
    """Yield the tables of a calibration, then its figures in words."""
    for title, groups in (
        ("quality", found.by_quality),
        ("language", found.by_language),
        ("kind of pair", found.by_kind),
        ("length of the better reply", found.by_length),
    ):
        if groups:
            yield _agreements(title, groups)
    parted = [outcome for outcome in outcomes if not outcome.right]
    if parted:
        yield _disagreements(parted)
    right = found.agreement.right
    yield f"agreement with the labels: {_share(right)}, Cohen's kappa {_figure(found.agreement.kappa)}"
    yield f"the worse reply preferred in both orders: {found.worse_preferred} of {found.longer_wins.of}"
    yield f"to compare: the longer reply is the better one in {_share(found.longer_wins)}"
    yield f"the deciding quality named as labelled, where the verdict is right: {_share(found.same_quality)}"
    if found.scores_in_order is not None:
        told = ", ".join(f"{name} {count}" for name, count in found.scores_in_order.items())
        yield f"single scores in the labelled quality, order of the two replies: {told}"
    yield from _ends(found.position_bias, found.usage, found.failed, found.stopped)


def duel(found: Duel) -> Iterator[RenderableType]:
    """Yield a duel's figures in words."""
    yield (
        f"{escape(found.after)} is better in {found.after_better}, {escape(found.before)} in {found.before_better}, "
        f"{found.ties} ties, {found.same} of the same text; {found.pairs} pairs"
    )
    yield f"{escape(found.after)} wins {_share(found.after_wins)} of the pairs with a winner, sign test p {found.p:.4f}"
    yield from _ends(found.position_bias, found.usage, found.failed, found.stopped)


def _ends(bias: PositionBias, usage: Usage, failed: int, stopped: str | None) -> Iterator[str]:
    if bias.follows.of:
        yield _position(bias)
    cost = "price unknown" if usage.cost_usd is None else f"{usage.cost_usd:.4f} USD"
    yield f"{usage.calls} calls, {usage.tokens_in} + {usage.tokens_out} tokens, {cost}; {failed} without a judgement"
    if stopped:
        yield f"[red]{escape(stopped)}"


def _position(bias: PositionBias) -> str:
    side = "first" if bias.first > bias.second else "second"
    called = f"biased towards the {side} place" if bias.p < ALPHA else "no bias towards a place found"
    return (
        f"position: the verdict follows the place in {_share(bias.follows)}, {bias.first} times the first, "
        f"{bias.second} times the second, sign test p {bias.p:.4f}: {called}; the orders disagree in {bias.disagreed}"
    )


def _agreements(title: str, groups: Mapping[str, Agreement]) -> Table:
    shown = Table(title, "pairs", "right", "95 % interval", "kappa", title=f"Agreement by {title}")
    for name, found in groups.items():
        right = found.right
        interval = escape(f"[{right.low:.2f}, {right.high:.2f}]")
        shown.add_row(escape(name), str(right.of), f"{right.share:.2f}", interval, _figure(found.kappa))
    return shown


def _disagreements(outcomes: list[Outcome]) -> Table:
    shown = Table("pair", "label", "verdict", "why", title="Where the judge and the label part")
    for outcome in outcomes[:DISAGREEMENTS_SHOWN]:
        found = outcome.preference
        verdict = f"{found.forward} / {found.backward}" if found else "none"
        why = found.reason if found else outcome.failed or outcome.left_out or ""
        shown.add_row(escape(outcome.pair.name), outcome.pair.better, verdict, escape(why))
    return shown


def _share(found: Share) -> str:
    return f"{found.count} of {found.of} ({found.share:.2f}, {escape(f'[{found.low:.2f}, {found.high:.2f}]')})"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
