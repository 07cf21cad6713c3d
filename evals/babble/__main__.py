"""`python -m evals.babble`: the small model's babble against the guardrails; it fails if blocked text gets through.

    python -m evals.babble --count 100
    python -m evals.babble --reviews FILE --all-texts

The last line is one JSON object with the figures.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from drafter import logs
from drafter.commands import lines
from drafter.domain.case import Case
from drafter.domain.shop import Shop
from evals.babble import figures, llama_server
from evals.babble.drafting import Outcome, draft_all
from evals.bench.measure import sample_cases


def main(arguments: Sequence[str] | None = None) -> int:
    """Draft the reviews and tell what became of them; 1 if a blocked text reached the queue, 2 without the model."""
    chosen = _options(arguments)
    logs.configure("ERROR")  # each failing answer is a warning; the table counts them
    lacking = llama_server.missing()
    if lacking is not None:
        print(f"The small model cannot be served here: {lacking}.", file=sys.stderr)  # noqa: T201
        return 2
    cases = list(cases_from(chosen.reviews, chosen.count))
    began = time.monotonic()
    outcomes = _drafted(cases, chosen)
    figures.tell(outcomes, Console(), all_texts=chosen.all_texts)
    found = figures.figures_of(outcomes)
    seconds = round(time.monotonic() - began, 1)
    print(json.dumps({"benchmark": "babble", **found.model_dump(), "seconds": seconds}, ensure_ascii=False))  # noqa: T201
    return int(found.blocked_in_queue > 0)


def cases_from(file: Path | None, wanted: int) -> Iterator[Case]:
    """Yield cases spread over the file or the sample; used up, they come again with a number behind their texts."""
    shop = Shop()
    if file is None:
        cases = sample_cases()
    else:
        cases = [lines.to_case(lines.parse(line), shop).case for line in file.read_bytes().splitlines() if line.strip()]
    step = max(len(cases) // wanted, 1)
    for number in range(wanted):
        turn, place = divmod(number * step, len(cases))
        review = cases[place].review
        text = f"{review.text} ({turn + 1})" if turn else review.text
        yield cases[place].with_changes(review=review.with_changes(external_id=f"babble-{number}", text=text))


def _drafted(cases: Sequence[Case], chosen: argparse.Namespace) -> list[Outcome]:
    columns = (TextColumn("Drafting"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with llama_server.serving() as address, Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("drafting", total=len(cases))
        return draft_all(
            cases,
            address,
            answer_tokens=chosen.answer_tokens,
            draft_seconds=chosen.draft_seconds,
            patience=chosen.patience,
            progress=lambda left: bar.update(task, completed=len(cases) - left),
        )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.babble", description=__doc__)
    parser.add_argument("--reviews", type=Path, help="JSON lines as `drafter draft` reads them; default: the sample")
    parser.add_argument("--count", type=int, default=100, help="reviews")
    parser.add_argument("--answer-tokens", type=int, default=160, help="the most that the model may write at once")
    parser.add_argument("--draft-seconds", type=float, default=120, help="that a draft may take")
    parser.add_argument("--patience", type=float, default=3600, help="seconds for all reviews")
    parser.add_argument("--all-texts", action="store_true", help="print blocked texts too")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
