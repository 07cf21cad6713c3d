"""The batch runner: JSON Lines in, JSON Lines out, in order, every good line answered, every bad one told.

No database and no job engine: the pipeline runs directly. What differs between the commands is the `Work`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from drafter.commands import lines
from drafter.commands.lines import Line
from drafter.domain.errors import BadInput, DrafterError

WINDOW = 16  # lines that are worked on together; fixed, so that a run does not depend on the machine

#: Takes the good lines of a window and gives their answers back, in the same order.
Work = Callable[[list[Line]], AsyncIterator["Line | DrafterError"]]


@dataclass
class Outcome:
    """How a run went."""

    answered: int = 0
    bad: int = 0
    skipped: int = 0  # answered by an earlier run


@dataclass
class Batch:
    """One run over one file. `-` is standard input or output."""

    source: str
    target: str
    limit: int | None = None
    resume: bool = False
    title: str = "lines"
    outcome: Outcome = field(default_factory=Outcome)

    async def run(self, work: Work) -> Outcome:
        """Answer each line of the source with `work`; return the counts. Raises BadInput if a file cannot be used."""
        if _same_file(self.source, self.target):
            raise BadInput(f"{self.target} is the file that is read; it would be overwritten. Name another one.")
        raw_lines = list(self._limited(_read(self.source)))
        done = self._done()
        with self._output() as out, self._errors() as errors, _progress(self.title, len(raw_lines)) as advance:
            for window in _windows(raw_lines):
                await self._answer(window, work, done, out, errors)
                advance(len(window))
        return self.outcome

    async def _answer(
        self, window: list[tuple[int, bytes]], work: Work, done: set[str], out: TextIO, errors: _Errors
    ) -> None:
        numbered: list[tuple[int, Line]] = []
        for number, raw in window:
            try:
                line = lines.parse(raw)
                if lines.line_id(line) in done:
                    self.outcome.skipped += 1
                    continue
            except BadInput as error:
                errors.tell(number, None, str(error))
                continue
            numbered.append((number, line))
        index = 0
        async for answer in work([line for _, line in numbered]):
            number, line = numbered[index]
            index += 1
            if isinstance(answer, DrafterError):
                errors.tell(number, lines.line_id(line), str(answer))
                continue
            out.write(json.dumps(answer, ensure_ascii=False) + "\n")
            self.outcome.answered += 1
        out.flush()
        self.outcome.bad = errors.count

    def _limited(self, raw_lines: list[bytes]) -> Iterator[tuple[int, bytes]]:
        taken = 0
        for number, raw in enumerate(raw_lines, start=1):
            if not raw.strip() or (self.limit is not None and taken >= self.limit):
                continue
            taken += 1
            yield number, raw

    def _done(self) -> set[str]:
        """Return the ids that an earlier run answered; a line that it was killed in is cut off."""
        if not self.resume or self.target == "-" or not Path(self.target).exists():
            return set()
        path = Path(self.target)
        whole = path.read_bytes()
        kept = whole[: whole.rfind(b"\n") + 1]
        if len(kept) < len(whole):
            path.write_bytes(kept)
        return {lines.line_id(lines.parse(raw)) for raw in kept.splitlines() if raw.strip()}

    @contextmanager
    def _output(self) -> Iterator[TextIO]:
        if self.target == "-":
            sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a text stream, also when piped
            yield sys.stdout
            return
        with _open_for_writing(Path(self.target), append=self.resume) as out:
            yield out

    @contextmanager
    def _errors(self) -> Iterator[_Errors]:
        if self.target == "-":
            yield _Errors(None)
            return
        path = Path(f"{self.target}.errors.jsonl")
        path.unlink(missing_ok=True)
        errors = _Errors(path)
        try:
            yield errors
        finally:
            errors.close()


class _Errors:
    """Tells each bad line's number and reason on standard error, and in a file where there is one."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: TextIO | None = None
        self.count = 0

    def tell(self, number: int, id_: str | None, reason: str) -> None:
        self.count += 1
        typer.echo(f"line {number}: {reason}", err=True)
        if self._path is None:
            return
        self._file = self._file or _open_for_writing(self._path, append=False)
        self._file.write(json.dumps({"line": number, "id": id_, "reason": reason}, ensure_ascii=False) + "\n")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _read(source: str) -> list[bytes]:
    try:
        content = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise BadInput(f"{source} cannot be read: {error.strerror}. Name a JSON Lines file, or - for input.") from None
    return content.removeprefix(b"\xef\xbb\xbf").split(b"\n")


def _same_file(source: str, target: str) -> bool:
    one, other = Path(source), Path(target)
    return "-" not in (source, target) and one.exists() and other.exists() and one.samefile(other)


def _open_for_writing(path: Path, *, append: bool) -> TextIO:
    try:
        return path.open("a" if append else "w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}. Name a file in a folder that exists.") from None


def _windows(numbered: Iterable[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    window: list[tuple[int, bytes]] = []
    for entry in numbered:
        window.append(entry)
        if len(window) == WINDOW:
            yield window
            window = []
    if window:
        yield window


@contextmanager
def _progress(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal's standard error; nothing elsewhere."""
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=total)
        yield lambda count: bar.advance(task, count)
