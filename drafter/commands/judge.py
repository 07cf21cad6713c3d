"""`eval judge`: can this model judge replies, and which of two runs does it prefer?"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from drafter.domain.errors import BadInput
from drafter.settings import load_settings

if TYPE_CHECKING:
    from evals.judging.judge import Step
    from evals.judging.models import JudgeModel
    from evals.loading import AnyDataset
    from evals.runs.cache import Cache

ANSWERS = "answers.db"  # file of the answers that the runs of a folder share


def judge(
    before: Annotated[Path | None, typer.Argument(metavar="[A", help="Folder of a run.")] = None,
    after: Annotated[Path | None, typer.Argument(metavar="B]", help="Folder of the run to judge against it.")] = None,
    *,
    model: Annotated[str, typer.Option(help="The judge, as provider:name; never taken from DRAFTER_MODEL.")],
    scores: Annotated[bool, typer.Option("--scores", help="Score each reply of a pair by itself too.")] = False,
    out: Annotated[Path, typer.Option(help="Folder of the runs, and of the answers that they share.")] = Path(
        "out/evals"
    ),
    limit: Annotated[int | None, typer.Option(min=1, help="Take a sample of that many pairs.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the sample.")] = 0,
    budget: Annotated[
        float | None, typer.Option(min=0, help="Stop asking at that many US dollars, over all starts.")
    ] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Ask everything anew.")] = False,
) -> None:
    """Hold a judge to labelled pairs, or let it compare the drafts of two runs; the last line is JSON."""
    from evals.judging.models import JudgeModel, judge_options
    from evals.runs.cache import Cache

    if before is not None and after is None:
        raise BadInput("Name two runs to compare their drafts, or none to calibrate the judge.")
    judging = _within(budget, JudgeModel(judge_options(load_settings(), model)))
    cache = None if no_cache else Cache(out / ANSWERS)
    try:
        step = _step(judging, cache, budget, work=[before and before.name, after and after.name])
        if before is not None and after is not None:
            stopped = _compare(before, after, judging, step)
        else:
            stopped = _calibrate(judging, step, scores=scores, limit=limit, seed=seed)
    finally:
        if cache is not None:
            cache.close()
    if stopped:
        raise typer.Exit(1)


def judge_of_run(name: str | None, dataset: AnyDataset, *, drafts: bool, budget: float | None) -> JudgeModel | None:
    """Return the judge that scores the drafts of a run; None where none is asked for, or the run is one of replies.

    Args:
        name: of its model.
        dataset: of the run.
        drafts: whether the run makes drafts now.
        budget: of the run.

    Raises:
        BadInput: there is nothing to judge, the name cannot be used, or a budget meets a judge without a price.
    """
    from evals.judging.models import JudgeModel, judge_options
    from evals.runs.scoring import of_replies

    if name is None or of_replies(dataset):  # replies are judged by their codes, by the guardrails' own judge
        return None
    if not drafts:
        raise BadInput(
            "A judge needs drafts or replies: it does not go with --only-read. After a run with "
            "--batch, ask it by the same --name without --batch."
        )
    return _within(budget, JudgeModel(judge_options(load_settings(), name)))


def _within(budget: float | None, judging: JudgeModel) -> JudgeModel:
    if budget is not None and not judging.priced:
        raise BadInput(
            f"A budget needs the price of {judging.options.name}: set usd_per_million_in and usd_per_million_out in "
            "DRAFTER_MODELS_FILE."
        )
    return judging


def _step(judging: JudgeModel, cache: Cache | None, budget: float | None, *, work: object) -> Step:
    """Return how to ask within a budget, of which earlier starts of the same work have spent their part."""
    from evals.runs.asking import Asking, Budget
    from evals.runs.record import hash_of

    run = hash_of("judge", judging.identity, work)
    return Asking(cache=cache, budget=Budget(budget, cache.spent(run) if cache else 0.0), run=run).step


def _calibrate(judging: JudgeModel, step: Step, *, scores: bool, limit: int | None, seed: int) -> bool:
    """Print a calibration; return whether it is incomplete."""
    from evals import show
    from evals.judging import show as judged
    from evals.judging.calibrate import calibration, outcomes_of
    from evals.judging.pairs import calibration_pairs

    pairs = list(calibration_pairs())
    if limit is not None and limit < len(pairs):
        places = random.Random(seed).sample(range(len(pairs)), limit)  # noqa: S311  # no secret
        pairs = [pairs[place] for place in sorted(places)]
    judge, scoring = judging.of_pairs(step), judging.of_replies(step) if scores else None
    with show.progress("judge", len(pairs)) as progress:
        outcomes = asyncio.run(outcomes_of(pairs, judge, scoring, progress=progress))
    usage = judge.usage + scoring.usage if scoring is not None else judge.usage
    found = calibration(outcomes, model=judging.options.name, judge_hash=judge.hash, usage=usage)
    console = Console()
    for shown in judged.calibration(found, outcomes):
        console.print(shown)
    typer.echo(found.model_dump_json())
    return bool(found.stopped or found.failed)


def _compare(before: Path, after: Path, judging: JudgeModel, step: Step) -> bool:
    """Print what a judge says of two runs; return whether it is incomplete."""
    from evals import show
    from evals.judging import show as judged
    from evals.judging.duel import duel, pairs_of_runs
    from evals.runs import load_run

    first, second = load_run(before), load_run(after)
    with show.progress("judge", len(pairs_of_runs(first, second))) as progress:
        found = asyncio.run(duel(first, second, judging.of_pairs(step), progress=progress))
    console = Console()
    for shown in judged.duel(found):
        console.print(shown)
    typer.echo(found.model_dump_json())
    return bool(found.stopped or found.failed)
