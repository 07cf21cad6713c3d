"""`faults`: what becomes of reviews when the provider or the model fails, for every fault that can be scripted.

    python -m evals.bench faults --count 200
    python -m evals.bench faults --faults rate_limit,timeout --reviews FILE

Each fault meets an installation of its own, twice: in every call, and in a share of them.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import count
from pathlib import Path

from rich.console import Console
from rich.table import Table

from drafter import logs
from drafter.commands import lines
from drafter.domain.case import Case
from drafter.domain.shop import Shop
from drafter.testing import FAULTS, GOOD
from evals.bench.fault_run import NOT_THERE, FaultRow, FaultRun, measure
from evals.bench.measure import sample_cases

SHARE = 0.3
_COLUMNS = {
    "fault": "fault", "share": "of calls", "reviews": "reviews", "by_model": "by model", "by_template": "by template",
    "escalated": "escalated", "read_as_escalate": "read: to a person", "no_reply": "read: no reply",
    "unexplained": "unexplained", "without_end": "no end", "blocked_in_queue": "blocked in queue", "late": "late",
    "longest_seconds": "longest s", "calls_per_review": "calls a review",
}  # fmt: skip


def run(arguments: Sequence[str] = ()) -> None:
    """Measure the faults, print a line as each is done, then the table and one line of JSON."""
    chosen = _options(arguments)
    known = [GOOD, *FAULTS, NOT_THERE]
    names = chosen.faults.split(",") if chosen.faults else known
    unknown = sorted(set(names) - set(known))
    if unknown:
        sys.exit(f"There is no fault {', '.join(unknown)}. There are: {', '.join(known)}.")
    cases = list(cases_from(chosen.reviews, chosen.count))
    rows = _kept(chosen.rows)
    done = {(row.fault, row.share) for row in rows}
    runs = [
        FaultRun(
            fault=name,
            share=share,
            workers=chosen.workers,
            patience=chosen.patience,
            draft_seconds=chosen.draft_seconds,
            mends=chosen.mends,
        )
        for name in names
        for share in _shares(name, chosen.shares)
        if (name, share) not in done
    ]
    for row in _measured(runs, cases, chosen.side_by_side):
        rows.append(row)
        if chosen.rows is not None:
            with chosen.rows.open("a", encoding="utf-8") as kept:
                kept.write(row.model_dump_json() + "\n")
    rows.sort(key=lambda row: (known.index(row.fault), -row.share))
    _print(rows)
    if len(rows) < len(runs) + len(done):
        sys.exit("Not every fault could be measured; the others are in the table.")


def _print(rows: Sequence[FaultRow]) -> None:
    console = Console(width=200)
    console.print(table_of(rows))
    for row in rows:
        for word, reason in (("by template", row.reason), ("escalated", row.escalation)):
            if reason:
                told = f"{row.fault} {row.share}, {word}: {reason}"
                console.print(told, markup=False, highlight=False, soft_wrap=True)
    print(json.dumps({"benchmark": "faults", "rows": [row.model_dump() for row in rows]}, ensure_ascii=False))  # noqa: T201


def _kept(file: Path | None) -> list[FaultRow]:
    """Return the rows that an earlier run left."""
    if file is None or not file.exists():
        return []
    return [FaultRow.model_validate_json(line) for line in file.read_text(encoding="utf-8").splitlines()]


def cases_from(file: Path | None, wanted: int) -> Iterator[Case]:
    """Yield as many cases as are wanted: those of the file or the sample, again in other words where they run out.

    A review that comes again has another id and its number behind its text, so that no two are the same.
    """
    shop = Shop()
    if file is None:
        cases = sample_cases()
    else:
        raw = [line for line in file.read_bytes().splitlines() if line.strip()]
        cases = [lines.to_case(lines.parse(line), shop).case for line in raw]
    for number in range(wanted):
        turn, place = divmod(number, len(cases))
        review = cases[place].review
        text = f"{review.text} ({turn + 1})" if turn else review.text
        yield cases[place].with_changes(review=review.with_changes(external_id=f"fault-{number}", text=text))


def table_of(rows: Sequence[FaultRow]) -> Table:
    """Return the rows as a table."""
    table = Table(*_COLUMNS.values(), title="faults")
    for row in rows:
        values = row.model_dump()
        table.add_row(
            *(f"{values[name]:.1f}" if isinstance(values[name], float) else str(values[name]) for name in _COLUMNS)
        )
    return table


def _measured(runs: Sequence[FaultRun], cases: Sequence[Case], side_by_side: int) -> Iterator[FaultRow]:
    """Measure the runs in processes, one after the other in each, which has one job engine; yield them as they end.

    Each run has an installation of its own, with its own clients and circuit breakers. Only the vectors of the reviews,
    which are the same in all runs, are kept.
    """
    done = count(1)
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(side_by_side, mp_context=fresh, initializer=_quiet) as pool:
        futures = {pool.submit(measure, run, cases): run for run in runs}
        for future in as_completed(futures):
            run, error = futures[future], future.exception()
            told = f"{next(done)}/{len(runs)} {run.fault} {run.share}"
            print(told, error or f"{future.result().seconds:.0f} s", file=sys.stderr, flush=True)  # noqa: T201
            if error is None:
                yield future.result()


def _quiet() -> None:
    """Leave out what each failing call logs: the table tells it."""
    logs.configure("CRITICAL")


def _shares(name: str, shares: str) -> list[float]:
    """Return the shares to measure a fault with; a server that is not there is so for every call."""
    wanted = [float(share) for share in shares.split(",")]
    return [1.0] if name in (GOOD, NOT_THERE) else wanted


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.bench faults", description=__doc__)
    parser.add_argument("--reviews", type=Path, help="JSON lines as `drafter draft` reads them; default: the sample")
    parser.add_argument("--count", type=int, default=200, help="reviews for each fault")
    parser.add_argument("--faults", help="names with commas between; default: all")
    parser.add_argument("--shares", default=f"1,{SHARE}", help="parts of the calls that meet the fault")
    parser.add_argument("--mends", action="store_true", help="the model answers well where it is told what was wrong")
    parser.add_argument("--workers", type=int, default=16, help="drafts at the same time")
    parser.add_argument("--draft-seconds", type=float, default=120, help="that a draft may take")
    parser.add_argument("--patience", type=float, default=1800, help="seconds for the reviews of one fault")
    parser.add_argument("--rows", type=Path, help="file of finished rows: appended to, and not measured again")
    parser.add_argument("--side-by-side", type=int, default=2, help="faults measured at the same time")
    return parser.parse_args(list(arguments))
