"""A run's folder: `run.json` says what the run is, `cases.jsonl` holds each case in one line, written at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from drafter.domain.errors import BadInput
from evals.runs.record import CaseResult, ReplyResult, ReviewResult, Run

RUN = "run.json"
CASES = "cases.jsonl"
_RESULT: TypeAdapter[ReviewResult | ReplyResult] = TypeAdapter(CaseResult)


class RunFolder:
    """Keeps a run while it goes on, so that one that was killed goes on where it stopped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"{path} cannot be made: {error.strerror}. Name another folder with --out.") from None

    def finished(self) -> dict[str, ReviewResult | ReplyResult]:
        """Return the results that an earlier run left, by their keys; a line that it was killed in is left out."""
        file = self.path / CASES
        if not file.exists():
            return {}
        return {result.key: result for result in _results(file.read_bytes(), of_killed=True)}

    def begin(self, run: Run, kept: Iterable[ReviewResult | ReplyResult]) -> None:
        """Write the run's head, and the results that stay from before."""
        self._write(CASES, b"".join(map(_line, kept)))
        self._write(RUN, _head(run))

    def add(self, result: ReviewResult | ReplyResult) -> None:
        """Append a result, in one write; it is there whatever happens to this process next."""
        descriptor = os.open(self.path / CASES, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, _line(result))
        finally:
            os.close(descriptor)

    def end(self, run: Run) -> None:
        """Write the whole run in the order of its cases."""
        self._write(CASES, b"".join(map(_line, run.results)))
        self._write(RUN, _head(run))

    def _write(self, name: str, content: bytes) -> None:
        """Replace a file whole: a reader sees the old one or the new one."""
        beside = self.path / f".{name}.new"
        try:
            beside.write_bytes(content)
            beside.replace(self.path / name)
        except OSError as error:
            raise BadInput(f"{self.path / name} cannot be written: {error.strerror}.") from None


def load_run(place: Path) -> Run:
    """Return a run from its folder, or from the `run.json` in it.

    Raises:
        BadInput: there is no run there, or it cannot be read.
    """
    folder = place.parent if place.name == RUN else place
    try:
        head = (folder / RUN).read_bytes()
        lines = (folder / CASES).read_bytes()
    except OSError:
        raise BadInput(f"There is no run in {folder}. Name a folder that `drafter eval run` wrote.") from None
    try:
        run = Run.model_validate_json(head, extra="ignore")
        return run.with_results(tuple(_results(lines, of_killed=run.ended_at is None)))
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"]))
        raise BadInput(f"The run in {folder} cannot be read: {where}: {fault['msg']}.") from None


def _results(lines: bytes, *, of_killed: bool) -> Iterator[ReviewResult | ReplyResult]:
    whole = lines[: lines.rfind(b"\n") + 1] if of_killed else lines
    for line in whole.splitlines():
        try:
            yield _RESULT.validate_json(line, extra="ignore")
        except ValidationError:
            if not of_killed:
                raise


def _line(result: ReviewResult | ReplyResult) -> bytes:
    return result.model_dump_json().encode() + b"\n"


def _head(run: Run) -> bytes:
    return run.model_dump_json(indent=1, exclude={"results"}).encode() + b"\n"
