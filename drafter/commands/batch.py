"""The batch runner: JSON Lines in, JSON Lines out, in order, every good line answered, every bad one told.

No database and no job engine: the pipeline runs directly. What differs between the commands is the `Work`. Lines are
taken in a few at a time and answered as many at a time as the work allows, begun in their order.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import deque
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, NamedTuple, Protocol, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from drafter.commands import lines
from drafter.commands.lines import Line
from drafter.commands.results import Aside, Errors, Results, opened
from drafter.domain.errors import BadInput, DrafterError
from drafter.logs import fault

log = logging.getLogger(__name__)

READ_AHEAD = 16  # lines that are taken in before their turn; fixed, so that a run does not depend on the machine

Taken = TypeVar("Taken")
_T = TypeVar("_T")


class Work(Protocol[Taken]):
    """What a command does with each line; a DrafterError makes it a bad line."""

    at_once: int  # lines that are answered at the same time

    def recall(self, answer: Line) -> None:
        """Take note of a line that an earlier run answered; called in their order, before anything else."""
        ...

    def note(self, line: Line) -> None:
        """Take note of a line, answered before or not; called in the order of the lines, before it is taken."""
        ...

    async def take(self, line: Line) -> Taken:
        """Read a line, with regard to none but those before it."""
        ...

    async def answer(self, taken: Taken) -> Line:
        """Answer a line; begun in the order of the lines."""
        ...


@dataclass
class Outcome:
    """How a run went."""

    answered: int = 0
    bad: int = 0
    skipped: int = 0  # answered by an earlier run


class Entry(NamedTuple):
    """A line of the source."""

    place: int  # among the lines of this run, from 0
    number: int  # in the file, from 1
    raw: bytes


class _Begun(NamedTuple, Generic[Taken]):
    """A good line that is being taken in."""

    entry: Entry
    id: str
    task: asyncio.Task[Taken | DrafterError]


@dataclass
class Batch:
    """One run over one file. `-` is standard input or output."""

    source: str
    target: str
    limit: int | None = None
    resume: bool = False
    title: str = "lines"
    given: Line = field(default_factory=dict)  # what was asked for on the command line, in place of each line's own
    outcome: Outcome = field(default_factory=Outcome)

    async def run(self, work: Work[Taken]) -> Outcome:
        """Answer each line of the source with `work`; return the counts. Raises BadInput if a file cannot be used.

        Every answer is in the target as soon as it and those before it are there. One that is ready before its turn
        is kept aside in a file meanwhile, so that a run that is killed loses nothing but what was under way.
        """
        if _same_file(self.source, self.target):
            raise BadInput(f"{self.target} is the file that is read; it would be overwritten. Name another one.")
        entries = self._limited(_read(self.source))
        done = set()
        for answer in self._earlier():
            work.recall(answer)
            done.add(lines.line_id(answer))
        try:
            with self._files(done) as (results, aside), _progress(self.title, len(entries), results):
                await _Run(work, results, aside, done, self.given, self.outcome).answer_all(entries)
        except BrokenPipeError:  # whoever reads has seen enough; the command line knows what to do
            raise
        except OSError as error:
            room = f"{self.target} cannot be written: {error.strerror}. Make room, and go on with --resume."
            raise BadInput(room) from None
        return self.outcome

    def _limited(self, raw_lines: Sequence[bytes]) -> list[Entry]:
        good = ((number, raw) for number, raw in enumerate(raw_lines, start=1) if raw.strip())
        return [
            Entry(place, number, raw)
            for place, (number, raw) in enumerate(good)
            if self.limit is None or place < self.limit
        ]

    def _earlier(self) -> Iterator[Line]:
        """Give what an earlier run answered; a line that it was killed in is cut off."""
        if not self.resume or self.target == "-" or not Path(self.target).exists():
            return
        path = Path(self.target)
        whole = path.read_bytes()
        kept = whole[: whole.rfind(b"\n") + 1]
        if len(kept) < len(whole):
            path.write_bytes(kept)
        yield from (lines.parse(raw) for raw in kept.splitlines() if raw.strip())

    @contextmanager
    def _files(self, done: set[str]) -> Iterator[tuple[Results, Aside]]:
        """Open the target and the files beside it; the one with what was kept aside goes with a run that ends well."""
        if self.target == "-":
            sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a text stream, also when piped
            aside = Aside(None)
            yield Results(sys.stdout, Errors(None), aside, self.outcome), aside
            return
        with opened(Path(self.target), append=self.resume) as out:
            aside = Aside(Path(f"{self.target}.ahead.jsonl"), resume=self.resume, done=done)
            with Errors(Path(f"{self.target}.errors.jsonl")) as errors, aside:
                yield Results(out, errors, aside, self.outcome), aside


@dataclass
class _Run(Generic[Taken]):
    """The lines of one run on their way."""

    work: Work[Taken]
    results: Results
    aside: Aside
    done: set[str]
    given: Line
    outcome: Outcome

    async def answer_all(self, entries: Sequence[Entry]) -> None:
        try:
            await self._answer_all(entries)
        except ExceptionGroup as group:  # the first one ended the others
            raise group.exceptions[0] from None

    async def _answer_all(self, entries: Sequence[Entry]) -> None:
        waiting, begun = iter(entries), deque[_Begun[Taken]]()
        free = asyncio.Semaphore(self.work.at_once)
        async with asyncio.TaskGroup() as group:
            while True:
                while len(begun) < READ_AHEAD and (entry := next(waiting, None)):
                    if (one := self._begin(entry, group)) is not None:
                        begun.append(one)
                if not begun:
                    return
                one = begun.popleft()
                taken = await one.task
                await free.acquire()
                group.create_task(self._answer(one, taken)).add_done_callback(lambda _: free.release())

    def _begin(self, entry: Entry, group: asyncio.TaskGroup) -> _Begun[Taken] | None:
        """Begin to take a line in; None where there is nothing to do."""
        try:
            line = lines.parse(entry.raw) | self.given
            id_ = lines.line_id(line)
            self.work.note(line)
        except BadInput as error:
            self.results.settle(entry.place, entry.number, None, error)
            return None
        if id_ in self.done:
            self.outcome.skipped += 1
            self.results.settle(entry.place, entry.number, id_, None)
            return None
        if (kept := self.aside.found(entry.number, id_)) is not None:
            self.work.recall(kept)
            self.results.settle(entry.place, entry.number, id_, kept)
            return None
        return _Begun(entry, id_, group.create_task(_attempted(self.work.take(line), entry.number)))

    async def _answer(self, one: _Begun[Taken], taken: Taken | DrafterError) -> None:
        if isinstance(taken, DrafterError):
            answer: Line | DrafterError = taken
        else:
            answer = await _attempted(self.work.answer(taken), one.entry.number)
        self.results.settle(one.entry.place, one.entry.number, one.id, answer)


async def _attempted(work: Awaitable[_T], number: int) -> _T | DrafterError:
    """Return what a piece of work gives, or why it gives nothing; a fault of ours costs its line, not the run."""
    try:
        return await work
    except DrafterError as error:
        return error
    except Exception as error:  # noqa: BLE001  # whatever it is, the other lines are answered
        log.error("batch.failed", extra={"line": number, **fault(error)})  # noqa: TRY400  # may hold customer text
        return DrafterError(f"it could not be answered because of a fault in Drafter ({type(error).__name__})")


def _read(source: str) -> list[bytes]:
    try:
        content = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise BadInput(f"{source} cannot be read: {error.strerror}. Name a JSON Lines file, or - for input.") from None
    return content.removeprefix(b"\xef\xbb\xbf").split(b"\n")


def _same_file(source: str, target: str) -> bool:
    one, other = Path(source), Path(target)
    return "-" not in (source, target) and one.exists() and other.exists() and one.samefile(other)


@contextmanager
def _progress(title: str, total: int, results: Results) -> Iterator[None]:
    """A progress bar on a terminal's standard error, which moves with every line; nothing elsewhere."""
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=total)
        results.on_settled = lambda: bar.advance(task)
        yield
