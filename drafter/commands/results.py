"""Results: the answers of a batch on their way into its file, in the order of the lines, and what is told beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol, Self, TextIO

import typer

from drafter.commands import lines
from drafter.commands.lines import Line
from drafter.domain.errors import BadInput, DrafterError


class Counts(Protocol):
    """What is counted as it is written."""

    answered: int
    bad: int


class _Settled(NamedTuple):
    number: int  # of the line, from 1
    id: str | None
    result: Line | DrafterError | None  # None: an earlier run answered it


class Results:
    """Writes every result as soon as it and those before it are there; meanwhile an answer is kept aside."""

    def __init__(self, out: TextIO, errors: Errors, aside: Aside, counts: Counts) -> None:
        self._out = out
        self._errors = errors
        self._aside = aside
        self._counts = counts
        self._next = 0  # the place that is written next
        self._ahead: dict[int, _Settled] = {}
        self.on_settled: Callable[[], object] = lambda: None

    def settle(self, place: int, number: int, id_: str | None, result: Line | DrafterError | None) -> None:
        """Take the result of the line at a place, from 0; None where there is nothing to write."""
        self._ahead[place] = _Settled(number, id_, result)
        while (settled := self._ahead.pop(self._next, None)) is not None:
            self._write(settled)
            self._next += 1
        if place in self._ahead and isinstance(result, dict):
            self._aside.keep(number, result)
        self.on_settled()

    def _write(self, settled: _Settled) -> None:
        if isinstance(settled.result, DrafterError):
            self._errors.tell(settled.number, settled.id, str(settled.result))
            self._counts.bad += 1
        elif settled.result is not None:
            _write_line(self._out, settled.result)
            self._counts.answered += 1


class Errors:
    """Tells each bad line's number and reason on standard error, and in a file where there is one to be."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        """Remove the file of an earlier run."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def tell(self, number: int, id_: str | None, reason: str) -> None:
        """Tell of one bad line."""
        typer.echo(f"line {number}: {reason}", err=True)
        if self._path is not None:
            self._file = self._file or opened(self._path, append=False)
            _write_line(self._file, {"line": number, "id": id_, "reason": reason})


class Aside:
    """A file for answers that are ready before their turn, so that a run that is killed does not lose them."""

    def __init__(self, path: Path | None, *, resume: bool = False, done: set[str] | None = None) -> None:
        self._path = path
        self._file: TextIO | None = None
        self._kept: dict[tuple[int, str], Line] = {}
        if path is not None and path.exists():
            if resume:
                self._kept = {key: answer for key, answer in _kept(path).items() if key[1] not in (done or set())}
            path.unlink()
            for (number, _), answer in self._kept.items():
                self._write(number, answer)

    def __enter__(self) -> Self:
        """Begin a run."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End a run: one that ended well needs the file no more."""
        if self._file is None or self._path is None:
            return
        self._file.close()
        if kind is None:
            self._path.unlink()

    def found(self, number: int, id_: str) -> Line | None:
        """Return the answer to that line which an earlier run kept."""
        return self._kept.get((number, id_))

    def keep(self, number: int, answer: Line) -> None:
        """Keep the answer to a line, unless it was kept by an earlier run."""
        if (number, lines.line_id(answer)) not in self._kept:
            self._write(number, answer)

    def _write(self, number: int, answer: Line) -> None:
        if self._path is not None:
            self._file = self._file or opened(self._path, append=False)
            _write_line(self._file, {"line": number, "answer": answer})


def _kept(path: Path) -> dict[tuple[int, str], Line]:
    """Return the answers of a file; what a killed run left of its last line is none."""
    found: dict[tuple[int, str], Line] = {}
    for raw in path.read_bytes().splitlines():
        try:
            entry = lines.parse(raw)
            found[int(entry["line"]), lines.line_id(entry["answer"])] = entry["answer"]
        except (BadInput, KeyError, TypeError, ValueError):
            continue
    return found


def opened(path: Path, *, append: bool) -> TextIO:
    """Open a file for writing. Raises BadInput."""
    try:
        return path.open("a" if append else "w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}. Name a file in a folder that exists.") from None


def _write_line(file: TextIO, line: Line) -> None:
    file.write(json.dumps(line, ensure_ascii=False) + "\n")
    file.flush()  # whatever happens to this process, the line is there
