"""One fault against one installation: reviews go in, and what became of each is counted.

The installation is the real one, put together as `drafter serve` does it, on a SQLite database of its own. Only the
provider is scripted; it runs in another process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drafter import compose
from drafter.application import Application
from drafter.compose import PipelineParts
from drafter.domain.case import Case
from drafter.domain.errors import DrafterError
from drafter.domain.finding import blocking
from drafter.domain.ports import Reader
from drafter.domain.record import Record
from drafter.domain.situation import Route, Situation
from drafter.rounds import reply_to_check
from drafter.settings import Settings, load_settings
from drafter.store import attempts, items, reviews, shops
from drafter.testing.chat import MODEL

NOT_THERE = "no_server"  # nobody listens at the address
_LOOK_SECONDS = 0.2


class FaultRun(Record):
    """What is measured."""

    fault: str
    share: float  # of the calls that meet the fault
    workers: int  # drafts at the same time
    patience: float  # seconds, for all reviews together
    draft_seconds: float = 120
    mends: bool = False


class FaultRow(Record):
    """What became of the reviews."""

    fault: str
    share: float
    reviews: int
    by_model: int = 0
    by_template: int = 0  # with the reason why not by the model
    escalated: int = 0  # with a reason; no writer's draft passed
    read_as_escalate: int = 0  # by the reader: no writer was asked
    no_reply: int = 0
    unexplained: int = 0  # a template's draft or an escalation without a reason
    without_end: int = 0
    blocked_in_queue: int = 0  # drafts with a blocking finding, stored or found now
    late: int = 0  # drafts that took longer than they may
    longest_seconds: float = 0.0  # from the beginning of a job to the stored item
    calls_per_review: float = 0.0  # that reached the provider, over the reviews that a writer was asked for
    seconds: float = 0.0  # for all
    reason: str = ""  # the most frequent one of a template's draft
    escalation: str = ""  # the most frequent one of an escalation


def measure(run: FaultRun, cases: Sequence[Case]) -> FaultRow:
    """Let the cases meet the fault, and return what became of them."""
    with tempfile.TemporaryDirectory() as folder, _provider(run, Path(folder)) as log:
        settings = load_settings(
            reader="embedding",  # what is measured is the model that writes
            data_dir=Path(folder) / "data",
            database_url=None,
            model=f"openai:{MODEL}",
            fallback_models=(),
            writer="auto",
            workers=run.workers,
            draft_seconds=run.draft_seconds,
        )
        with _noting_beginnings() as beginnings:
            application = compose.application(settings, role="worker")
        began = time.monotonic()
        try:
            ids = _received(application, cases)
            application.engine.launch()
            _wait(application, began + run.patience)
            row = _counted(application, run, ids, beginnings)
        finally:
            application.engine.close()
            application.database.close()
        asked = max(row.by_model + row.by_template + row.escalated, 1)
        calls = len(log.read_bytes().splitlines()) if log.exists() else 0
        return row.with_changes(calls_per_review=calls / asked, seconds=time.monotonic() - began)


class _NotingReader:
    """Notes when each case is read: that is how a drafting job begins."""

    def __init__(self, reader: Reader, beginnings: dict[str, float]) -> None:
        self.name = reader.name
        self._reader = reader
        self._beginnings = beginnings

    async def read(self, case: Case) -> Situation:
        self._beginnings[case.review.external_id] = time.time()
        return await self._reader.read(case)


@contextmanager
def _noting_beginnings() -> Iterator[dict[str, float]]:
    """Let the reader of an installation that is put together meanwhile note its work; yield the times by review."""
    beginnings: dict[str, float] = {}
    whole = compose.pipeline_parts

    def parts(settings: Settings, **options: Any) -> PipelineParts:  # noqa: ANN401  # whatever the real one takes
        made = whole(settings, **options)
        return PipelineParts(
            reader=_NotingReader(made.reader, beginnings),
            writers=made.writers,
            inspector=made.inspector,
            draft_seconds=made.draft_seconds,
        )

    compose.pipeline_parts = parts
    try:
        yield beginnings
    finally:
        compose.pipeline_parts = whole


@contextmanager
def _provider(run: FaultRun, folder: Path) -> Iterator[Path]:
    """Run the scripted provider, point this process at it, and yield the file of its requests."""
    log = folder / "requests.jsonl"
    os.environ |= {"OPENAI_API_KEY": MODEL, "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    if run.fault == NOT_THERE:
        yield log
        return
    command = [sys.executable, "-m", "drafter.testing.model_server", "--answer", run.fault]
    command += ["--share", str(run.share), "--log", str(log), *(["--mends"] if run.mends else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  # our own command
        try:
            line = server.stdout.readline() if server.stdout else ""
            told = dict(word.split("=", 1) for word in line.split() if "=" in word)
            if "OPENAI_BASE_URL" not in told:
                raise DrafterError("The scripted provider did not start.")
            os.environ["OPENAI_BASE_URL"] = told["OPENAI_BASE_URL"]
            yield log
        finally:
            server.terminate()


def _received(application: Application, cases: Sequence[Case]) -> list[str]:
    with application.database.writing() as session:
        for shop in {case.shop.name: case.shop for case in cases}.values():
            shops.save(session, shop)
    receive = application.intake.receive
    return [receive(case.shop.name, case.review, case.case_facts).review_id for case in cases]


def _wait(application: Application, give_up: float) -> None:
    while application.engine.waiting() and time.monotonic() < give_up:
        time.sleep(_LOOK_SECONDS)


def _counted(application: Application, run: FaultRun, ids: Sequence[str], beginnings: dict[str, float]) -> FaultRow:
    counts: Counter[str] = Counter()
    reasons: dict[str, Counter[str]] = {"by_template": Counter(), "escalated": Counter()}
    longest = 0.0
    for review_id in ids:
        ended = _ended(application, review_id, beginnings)
        counts.update(ended.counts)
        if ended.counts[0] in reasons:
            reasons[ended.counts[0]][ended.reason] += 1
        longest = max(longest, ended.seconds)
        counts["late"] += ended.seconds > run.draft_seconds
    return FaultRow(
        fault=run.fault,
        share=run.share,
        reviews=len(ids),
        longest_seconds=longest,
        reason=_most(reasons["by_template"]),
        escalation=_most(reasons["escalated"]),
        **counts,
    )


def _most(reasons: Counter[str]) -> str:
    return reasons.most_common(1)[0][0] if reasons else ""


@dataclass(frozen=True, kw_only=True)
class _Ended:
    """How one review ended."""

    counts: tuple[str, ...]  # the fields of `FaultRow` that it counts for, the outcome first
    reason: str = ""
    seconds: float = 0.0


def _ended(application: Application, review_id: str, beginnings: dict[str, float]) -> _Ended:
    with application.database.reading() as session:
        stored = reviews.get(session, review_id)
        item = items.find(session, review_id, stored.version)
        tries = attempts.of_version(session, review_id, stored.version)
        shop = shops.get(session, stored.review.shop)
    if item is None:
        return _Ended(counts=("without_end",))
    seconds = item.created_at.timestamp() - beginnings.get(stored.review.external_id, item.created_at.timestamp())
    if item.route is Route.NO_REPLY:
        return _Ended(counts=("no_reply",), seconds=seconds)
    if item.draft is None:
        counts = ["escalated" if tries or item.situation.reader == "none" else "read_as_escalate"]
    else:
        case = Case(review=stored.review, shop=shop, case_facts=stored.case_facts)
        now = compose.inspector().inspect(reply_to_check(case, item.situation, item.draft))
        counts = ["by_model" if item.draft.provenance.model else "by_template"]
        counts += ["blocked_in_queue"] if blocking(item.findings) or blocking(now) else []
    if not item.reason and counts[0] != "by_model":
        counts.append("unexplained")
    return _Ended(counts=tuple(counts), reason=item.reason or "", seconds=seconds)
