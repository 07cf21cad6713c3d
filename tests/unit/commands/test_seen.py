"""Near copies within a batch."""

from __future__ import annotations

import json
from pathlib import Path

from drafter.commands.batch import Batch
from drafter.commands.lines import Line
from drafter.commands.works import Classifying
from drafter.domain.shop import Shop
from drafter.testing import ScriptedReader

TEXT = "The zipper broke after two days and the seller never answered any of my messages, I want my money back now."
OTHER = "Arrived a day early and well wrapped; the colour is warmer than in the photo, and I like it all the better."


def _write(path: Path, *texts: str) -> Path:
    path.write_text("".join(json.dumps({"id": str(at), "text": text}) + "\n" for at, text in enumerate(texts)))
    return path


async def _classified(source: Path, target: Path, *, resume: bool = False) -> list[Line]:
    await Batch(str(source), str(target), resume=resume).run(Classifying(ScriptedReader(), Shop()))
    return _lines(target)


def _lines(path: Path) -> list[Line]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def test_a_line_is_told_which_earlier_lines_it_resembles(tmp_path: Path) -> None:
    source = _write(tmp_path / "in.jsonl", TEXT, OTHER, TEXT.lower() + "!!", "ok", "ok")
    out = await _classified(source, tmp_path / "out.jsonl")
    assert [line["flags"] for line in out] == [[], [], ["near_duplicate"], [], []]
    assert out[2]["likeness"]["reviews"] == ["0"]
    assert "likeness" not in out[0]


async def test_a_run_that_is_gone_on_with_knows_the_lines_that_were_answered(tmp_path: Path) -> None:
    source = _write(tmp_path / "in.jsonl", TEXT, OTHER, TEXT, TEXT)
    whole = await _classified(source, tmp_path / "whole.jsonl")
    target = tmp_path / "out.jsonl"
    target.write_text("".join(json.dumps(line) + "\n" for line in (whole[0], whole[3])))
    again = await _classified(source, target, resume=True)
    assert sorted(again, key=lambda line: line["id"]) == whole
