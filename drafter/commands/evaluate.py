"""`eval`: is this prompt, model, template, head or rule better or worse, before it is used?"""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from drafter import compose
from drafter.commands.cascade import cascade as cascade_command
from drafter.commands.judge import judge as judge_command
from drafter.commands.judge import judge_of_run
from drafter.commands.offline import ModelOption, ReaderOption, WriterOption, settings_with
from drafter.domain.errors import BadInput
from drafter.settings import Settings, load_settings

if TYPE_CHECKING:
    from drafter.compose import PipelineParts
    from evals.judging.models import JudgeModel
    from evals.loading import AnyDataset
    from evals.runs import Plan, Run
    from evals.runs.record import Origin

evaluations = typer.Typer(help="Offline evaluation: run, compare, gate, report, harvest.", no_args_is_help=True)

ANSWERS = "answers.db"  # file of the answers and vectors that the runs of a folder share

evaluations.command("judge")(judge_command)
evaluations.command("cascade")(cascade_command)

RunArgument = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run.")]
JudgedBy = Annotated[str | None, typer.Option(help="A model that scores drafts besides, or judges replies by code.")]
BaselineOption = Annotated[Path | None, typer.Option(help="Folder of the run to compare with.")]


@evaluations.callback()
def _group() -> None:
    """Offline evaluation."""


@evaluations.command("run")
def run(
    dataset: Annotated[str, typer.Argument(help="A shipped dataset, a YAML file or folder, or a JSON Lines file.")] = (
        "replies"
    ),
    *,
    writer: WriterOption = "auto",
    reader: ReaderOption = "auto",
    model: ModelOption = None,
    name: Annotated[str | None, typer.Option(help="Name of the run; by default from dataset and writer.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the runs, and of the answers that they share.")] = Path(
        "out/evals"
    ),
    concurrency: Annotated[int, typer.Option(min=1, help="Cases at the same time.")] = 8,
    limit: Annotated[int | None, typer.Option(min=1, help="Take a sample of that many cases.")] = None,
    repeat: Annotated[int, typer.Option(min=1, help="Ask each case that often.")] = 1,
    seed: Annotated[int, typer.Option(help="Seed of the sample.")] = 0,
    budget: Annotated[float | None, typer.Option(min=0, help="Stop asking models at that many US dollars.")] = None,
    tags: Annotated[str, typer.Option(help="Take the cases with one of these tags, as language:de,late.")] = "",
    only_read: Annotated[bool, typer.Option("--only-read", help="The reader alone; nothing is written.")] = False,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Begin anew and ask every model again.")] = False,
    judge: JudgedBy = None,
    batch: Annotated[bool, typer.Option("--batch", help="Send the calls in batches: half the price, within a day.")] = (
        False
    ),
    no_wait: Annotated[bool, typer.Option("--no-wait", help="With --batch: send, and do not wait for it.")] = False,
) -> None:
    """Put each case of a dataset through the real pipeline and score it; the same command goes on after a kill."""
    from evals import loading
    from evals.runs.cache import kept_vectors
    from evals.runs.origin import origin_of

    loaded = loading.load(dataset)
    settings = settings_with(writer=writer, reader=reader, model=model, **_guardrails_judge(loaded, judge, batch=batch))
    judging = judge_of_run(judge, loaded, drafts=not (only_read or batch), budget=budget)
    with kept_vectors(compose.embedder(), None if no_cache else out / ANSWERS) as vectors:
        parts = compose.pipeline_parts(settings, vectors=vectors)
        origin = origin_of(settings, parts)
        _priced(origin, budget)
        named = name or _name(loaded, origin, only_read=only_read) + ("-batch" if batch else "")
        plan = _plan(named, origin, out, only_read=only_read, no_cache=no_cache).with_changes(
            concurrency=concurrency,
            limit=limit,
            repeat=repeat,
            seed=seed,
            budget_usd=budget,
            tags=tuple(filter(None, map(str.strip, tags.split(",")))),
        )
        done = _carried_out(plan, loaded, parts, settings, judging, batch=batch, wait=not no_wait)
    _tell(done, plan.folder)


@evaluations.command("compare")
def compare(
    before: Annotated[Path, typer.Argument(metavar="A", help="Folder of the run to start from.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="Folder of the run to judge.")],
    *,
    alpha: Annotated[float, typer.Option(min=0.0001, max=0.5, help="How often equal runs may be called different.")] = (
        0.05
    ),
    seed: Annotated[int, typer.Option(help="Seed of the resampling.")] = 0,
    json_file: Annotated[Path | None, typer.Option("--json", help="File for the whole comparison.")] = None,
) -> None:
    """Compare two runs case by case; the last line is the verdict."""
    from evals import compare as comparing
    from evals import show
    from evals.runs import load_run

    found = comparing.compare(load_run(before), load_run(after), alpha=alpha, seed=seed)
    console = Console()
    for shown in show.comparison(found):
        console.print(shown)
    if json_file is not None:
        _write(json_file, found.model_dump_json(indent=1))
    console.print(found.verdict, markup=False, soft_wrap=True)


@evaluations.command("gate")
def gate(
    run_folder: RunArgument,
    *,
    baseline: BaselineOption = None,
    thresholds: Annotated[Path | None, typer.Option(help="YAML file with thresholds, in place of the shipped.")] = None,
    summary: Annotated[Path | None, typer.Option(help="File to append a Markdown summary to, for CI.")] = None,
) -> None:
    """Hold a run to its thresholds; exit 1 where one is missed."""
    from evals import gate as gating
    from evals import show
    from evals.runs import load_run

    held = load_run(run_folder)
    wanted = gating.thresholds_of(held.dataset, thresholds)
    judged = gating.judge(held, wanted, load_run(baseline) if baseline else None)
    console = Console()
    console.print(show.judgement(judged))
    if judged.told_left_out:
        console.print(judged.told_left_out, markup=False)
    for told in (*judged.broken, *([judged.unfinished] if judged.unfinished else [])):
        console.print(told, style="red", markup=False)
    if summary is not None:
        _write(summary, gating.markdown(judged), mode="a")
    console.print(f"{held.name}: {'passed' if judged.passed else 'failed'}", markup=False)
    if not judged.passed:
        raise typer.Exit(1)


@evaluations.command("report")
def report(
    run_folder: RunArgument,
    *,
    baseline: BaselineOption = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="HTML file to write.")] = Path("report.html"),
    pictures: Annotated[Path | None, typer.Option(help="Folder for the charts as SVG, and as PNG with resvg-py.")] = (
        None
    ),
) -> None:
    """Write a run as one HTML page that needs nothing else: charts, slices, tables, every case with its drafts."""
    from evals import report as reporting
    from evals.runs import load_run

    shown, before = load_run(run_folder), load_run(baseline) if baseline else None
    _write(output, reporting.page(shown, before))
    typer.echo(f"The report: {output}")
    if pictures is not None:
        written = reporting.write_pictures(shown, before, pictures)
        as_png = any(file.suffix == ".png" for file in written)
        typer.echo(f"{len(written)} pictures in {pictures}{'' if as_png else ' (PNG needs resvg-py)'}")


@evaluations.command("harvest")
def harvest(
    output: Annotated[Path, typer.Argument(metavar="OUT.yaml", help="File of cases to write; it must not exist yet.")],
    *,
    since: Annotated[datetime | None, typer.Option(help="Only decisions at that time or later, UTC.")] = None,
    shop: Annotated[str | None, typer.Option(help="Only those of one shop.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most that many, half of them dangerous errors.")] = None,
) -> None:
    """Turn what people decided (edits, rejections, overrules) into cases, personal data replaced."""
    from evals import harvest as harvesting

    if output.exists():
        raise BadInput(f"{output} exists already, perhaps with cases that a person read. Name another file.")
    database = compose.application(load_settings(), role="command").database
    try:
        start = since.replace(tzinfo=UTC) if since else None
        entries = harvesting.harvest(database, since=start, shop=shop, limit=limit)
    finally:
        database.close()
    if not entries:
        typer.echo("There is no edit, rejection or overrule to learn from. Nothing was written.")
        return
    harvesting.write(entries, output)
    typer.echo(f"{len(entries)} cases in {output}. Read them before you share them.")


def _guardrails_judge(dataset: AnyDataset, name: str | None, *, batch: bool) -> dict[str, str]:
    """Return the settings of the guardrails' own judge in a run.

    Replies are judged where a judge is named. Drafts are judged as the settings say, as they would be before a person;
    not in batches, whose calls are those of writers alone.
    """
    from evals.runs.scoring import of_replies

    if not of_replies(dataset):
        return {"judge": "off"} if batch else {}
    return {"judge": "off"} if name is None else {"judge": "on", "judge_model": name}


def _carried_out(
    plan: Plan,
    dataset: AnyDataset,
    parts: PipelineParts,
    settings: Settings,
    judge: JudgeModel | None,
    *,
    batch: bool,
    wait: bool,
) -> Run:
    """Return a run whose calls were answered one by one, with a progress bar, or in batches."""
    from evals import show
    from evals.runs import carry_out

    if batch:
        return _in_batches(plan, dataset, parts, settings, wait=wait)
    if not wait:
        raise BadInput("--no-wait is for a run in batches: give --batch, too.")
    with show.progress(plan.name, plan.wanted(dataset)) as progress:
        return asyncio.run(carry_out(plan, dataset, parts, judge=judge, progress=progress))


def _in_batches(plan: Plan, dataset: AnyDataset, parts: PipelineParts, settings: Settings, *, wait: bool) -> Run:
    """Return a run in batches; exit 0 where they are still under way and are not waited for."""
    from drafter.llm.options import load_models
    from evals.batches import carry_out_in_batches

    models = load_models(settings) if settings.writer != "template" else ()
    tell = partial(typer.echo, err=True)
    done = asyncio.run(carry_out_in_batches(plan, dataset, parts, models, wait=wait, tell=tell))
    if done is None:
        typer.echo("The batches are under way. The same command looks at them again; without --no-wait it waits.")
        raise typer.Exit
    return done


def _plan(named: str, origin: Origin, out: Path, *, only_read: bool, no_cache: bool) -> Plan:
    from evals.runs import Plan
    from evals.runs.origin import writer_identities

    if not re.fullmatch(r"[\w.@+-]+", named) or named.startswith("."):
        raise BadInput(f"{named!r} cannot name a run: use letters, digits, dots, hyphens and underscores.")
    return Plan(
        name=named,
        origin=origin,
        folder=out / named,
        cache=None if no_cache else out / ANSWERS,
        identities=writer_identities(origin),
        only_read=only_read,
    )


def _name(dataset: AnyDataset, origin: Origin, *, only_read: bool) -> str:
    """Return a name from the dataset and from who answers, as `replies-llm-my-model`."""
    from evals.runs.scoring import of_replies

    if of_replies(dataset):
        models = [str(model["name"]).partition(":")[2] for model in origin.judge_models[:1]]
        answering = "-".join(["guardrails", *models])
    elif only_read:
        answering = origin.reader
    else:
        models = [str(model["name"]).partition(":")[2] for model in origin.models[:1]]
        answering = "-".join([origin.writers[0], *models])
    return re.sub(r"[^\w.@+-]+", "-", f"{dataset.name}-{answering}")


def _priced(origin: Origin, budget: float | None) -> None:
    """Raise BadInput where a budget is set and a model's price is not known."""
    asked = {str(model["name"]): model for model in (*origin.models, *origin.reader_models, *origin.judge_models)}
    unpriced = [
        name
        for name, model in asked.items()
        if model.get("usd_per_million_in") is None or model.get("usd_per_million_out") is None
    ]
    if budget is not None and unpriced:
        raise BadInput(
            f"A budget needs the price of {', '.join(unpriced)}: set usd_per_million_in and usd_per_million_out in "
            "DRAFTER_MODELS_FILE."
        )


def _tell(done: Run, folder: Path) -> None:
    """Print a run's tables; exit 1 if something crashed or was left out."""
    from evals import show

    console = Console()
    for shown in (show.worst(done), *show.analyses(done), show.scores(done)):
        console.print(shown)
    crashed = [f"{broken.case}: {broken.error}" for broken in done.broken]
    crashed += [f"{result.case}: {told}" for result in done.results for told in result.crashed_scorers]
    for told in (*crashed, *done.crashed_analyses):
        console.print(f"crashed: {told}", style="red", markup=False)
    if done.stopped:
        console.print(done.stopped, style="red", markup=False)
    if done.judging:
        used, lacking = done.judging.usage, f"{done.judging.failed} drafts without a judgement"
        tokens = f"{used.calls} calls, {used.tokens_in} + {used.tokens_out} tokens"
        console.print(f"judged by {done.judging.model['name']}: {tokens}, {lacking}", markup=False)
    origin = done.origin
    asked = origin.models or origin.reader_models or origin.judge_models or done.judging
    paid = bool(asked) and done.spent_usd is not None
    cost = f", {done.spent_usd:.4f} USD spent" if paid else ""
    console.print(f"{len(done.results)} cases{cost}. The run: {folder}", markup=False)
    if crashed or done.crashed_analyses or done.stopped:
        raise typer.Exit(1)


def _write(file: Path, text: str, *, mode: Literal["w", "a"] = "w") -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open(mode, encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}.") from None
