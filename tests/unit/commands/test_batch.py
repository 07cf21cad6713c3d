"""The batch runner: order, good lines, bad lines, resuming."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.commands import lines
from drafter.commands.batch import Batch, Outcome
from drafter.commands.lines import Line
from drafter.domain.errors import BadInput
from drafter.domain.shop import Shop
from drafter.domain.situation import Channel


class Echo:
    """Gives lines back; notes how many are under way, and lets each wait for its turn."""

    def __init__(self, at_once: int = 1, wait: Callable[[Line], Awaitable[object]] | None = None) -> None:
        self.at_once = at_once
        self.recalled: list[Line] = []
        self.noted: list[str] = []
        self.begun: list[str] = []
        self._wait = wait

    def recall(self, answer: Line) -> None:
        self.recalled.append(answer)

    def note(self, line: Line) -> None:
        self.noted.append(str(line["id"]))

    async def take(self, line: Line) -> Line:
        if "text" not in line:
            raise BadInput("no text")
        return line

    async def answer(self, taken: Line) -> Line:
        self.begun.append(str(taken["id"]))
        if self._wait is not None:
            await self._wait(taken)
        if taken["text"] == "fault":
            raise ZeroDivisionError("of Ana's zipper")
        return {"id": taken["id"], "text": taken["text"]}


async def run(source: Path, target: Path, work: Echo | None = None, **options: Any) -> Outcome:
    return await Batch(str(source), str(target), **options).run(work or Echo())


def numbered(path: Path, count: int, **texts: str) -> Path:
    """Write lines with the ids 0, 1, 2, ..."""
    path.write_text("".join(json.dumps({"id": str(n), "text": texts.get(f"n{n}", "t")}) + "\n" for n in range(count)))
    return path


def answers(target: Path) -> list[Line]:
    return [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]


def errors(target: Path) -> list[Line]:
    return answers(target.with_name(target.name + ".errors.jsonl"))


async def test_each_good_line_is_answered_in_order_and_each_bad_one_told(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    bad = [b"{", b"[1]", b'{"text": "no id"}', b'{"id": "x"}', b"\xff\xfe"]
    good = [json.dumps({"id": str(n), "text": "ก" * n}).encode() for n in range(40)]
    raw = [line for n, line in enumerate(good) for line in ([bad[n // 8], line] if n % 8 == 0 else [line])]
    source.write_bytes(b"\n".join([*raw, b"", b"  "]))
    outcome = await run(source, target)
    assert [line["id"] for line in answers(target)] == [str(n) for n in range(40)]
    assert (outcome.answered, outcome.bad) == (40, 5)
    told = errors(target)
    assert [entry["line"] for entry in told] == [1, 10, 19, 28, 37]
    assert "not JSON" in told[0]["reason"]
    assert "not UTF-8" in told[4]["reason"]


async def test_a_run_without_bad_lines_leaves_no_error_file(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": 1, "text": "a"}\n')
    (tmp_path / "out.jsonl.errors.jsonl").write_text("of an earlier run")
    await run(source, target)
    assert answers(target) == [{"id": 1, "text": "a"}]
    assert not (tmp_path / "out.jsonl.errors.jsonl").exists()


async def test_resuming_skips_what_was_answered_and_cuts_a_torn_line_off(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(f'{{"id": "{n}", "text": "t"}}\n' for n in range(5)))
    target.write_text('{"id": "0", "text": "t"}\n{"id": "1", "text": "t"}\n{"id": "2", "te')
    outcome = await run(source, target, resume=True)
    assert [line["id"] for line in answers(target)] == ["0", "1", "2", "3", "4"]
    assert (outcome.answered, outcome.skipped) == (3, 2)


async def test_the_limit_counts_lines(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(f'{{"id": "{n}", "text": "t"}}\n' for n in range(5)))
    await run(source, target, limit=2)
    assert len(answers(target)) == 2


async def test_a_file_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.jsonl"):
        await run(tmp_path / "nowhere.jsonl", tmp_path / "out.jsonl")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_line_or_a_clear_refusal(raw: bytes) -> None:
    try:
        assert isinstance(lines.parse(raw), dict)
    except BadInput as error:
        assert str(error)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(
    [
        "id",
        "text",
        "rating",
        "author",
        "product",
        "review",
        "case_facts",
        "platform",
        "region",
        "language",
        "media",
        "created_at",
        "reply",
        "channel",
        "title",
    ]
)


@given(st.dictionaries(keys, json_values, max_size=8))
def test_any_object_is_a_task_or_a_clear_refusal(line: Line) -> None:
    for read in (lines.to_case, lines.to_reply):
        try:
            read(line, Shop())
        except BadInput as error:
            assert str(error)


def test_a_nested_and_a_flat_line_are_the_same_task() -> None:
    flat = {"id": 7, "text": "Torn", "rating": 2, "author": "Ana", "product": "Tote", "unknown": 1}
    nested = {"id": "7", "review": {"text": "Torn", "rating": 2, "author": "Ana", "product": {"name": "Tote"}}}
    assert lines.to_case(flat, Shop()) == lines.to_case(nested, Shop())


def test_a_lines_platform_and_facts_win_over_the_shops() -> None:
    line = {"id": "1", "text": "t", "platform": "shopee", "region": "th", "case_facts": {"return_policy": "30 days"}}
    case = lines.to_case(line, Shop(standing_facts={"warranty": "1 year", "return_policy": "14 days"})).case
    assert (case.review.platform, case.review.region) == ("shopee", "TH")
    assert case.facts == {"warranty": "1 year", "return_policy": "30 days"}


def test_the_reply_of_a_private_channel_is_the_private_message() -> None:
    line = {"id": "1", "review": {"text": "t"}, "reply": "Hello.", "channel": "private"}
    _, private = lines.to_reply(line, Shop())
    _, public = lines.to_reply({**line, "channel": "hybrid"}, Shop())
    assert (private.public_reply, private.private_message, private.channel) == (None, "Hello.", Channel.PRIVATE)
    assert (public.public_reply, public.private_message) == ("Hello.", None)


async def test_the_file_that_is_read_is_never_overwritten(tmp_path: Path) -> None:
    source, link = tmp_path / "in.jsonl", tmp_path / "link.jsonl"
    source.write_text('{"id": 1, "text": "a"}\n')
    link.symlink_to(source)
    for target in (source, link):
        with pytest.raises(BadInput, match="is the file that is read"):
            await run(source, target)
    assert source.read_text() == '{"id": 1, "text": "a"}\n'


async def test_as_many_lines_as_the_work_allows_are_under_way_at_once(tmp_path: Path) -> None:
    now, most = 0, 0

    async def wait(_: Line) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        for _round in range(10):
            await asyncio.sleep(0)
        now -= 1

    await run(numbered(tmp_path / "in.jsonl", 40), tmp_path / "out.jsonl", Echo(5, wait))
    assert most == 5
    assert [line["id"] for line in answers(tmp_path / "out.jsonl")] == [str(n) for n in range(40)]


async def test_an_answer_is_in_the_file_as_soon_as_those_before_it_are(tmp_path: Path) -> None:
    """Line 0 ends last; what is ready before it is kept aside meanwhile, and comes in its order."""
    target, aside = tmp_path / "out.jsonl", tmp_path / "out.jsonl.ahead.jsonl"
    others_done = asyncio.Event()
    seen: list[tuple[int, int]] = []

    async def wait(line: Line) -> None:
        if line["id"] == "0":
            await others_done.wait()
            seen.append((len(answers(target)), len(answers(aside))))
        elif line["id"] == "9":
            others_done.set()
        elif line["id"] == "12":
            seen.append((len(answers(target)), len(answers(aside))))

    work = Echo(2, wait)
    await run(numbered(tmp_path / "in.jsonl", 13), target, work)
    assert seen[0] == (0, 9), "the nine before it; its own is not ready before it ends"
    assert seen[1][0] >= 10
    assert [line["id"] for line in answers(target)] == [str(n) for n in range(13)]
    assert not aside.exists()


class Killed(BaseException):
    """The process dies."""


async def test_a_killed_run_is_gone_on_with_and_repeats_only_what_was_under_way(tmp_path: Path) -> None:
    source, target = numbered(tmp_path / "in.jsonl", 20), tmp_path / "out.jsonl"
    never = asyncio.Event()

    async def die_at_ten(line: Line) -> None:
        if line["id"] == "3":
            await never.wait()
        if line["id"] == "10":
            raise Killed

    first = Echo(2, die_at_ten)
    with pytest.raises(BaseExceptionGroup):
        await run(source, target, first)
    assert [line["id"] for line in answers(target)] == ["0", "1", "2"]
    with (tmp_path / "out.jsonl.ahead.jsonl").open("a") as aside:
        aside.write('{"line": 12, "answer": {"id": "11", "te')  # torn
    second = Echo(2)
    outcome = await run(source, target, second, resume=True)
    assert [line["id"] for line in answers(target)] == [str(n) for n in range(20)]
    assert second.begun == ["3", *(str(n) for n in range(10, 20))]
    assert [line["id"] for line in second.recalled] == ["0", "1", "2", "4", "5", "6", "7", "8", "9"]
    assert (outcome.skipped, outcome.answered) == (3, 17)
    assert not (tmp_path / "out.jsonl.ahead.jsonl").exists()


async def test_what_a_killed_run_kept_is_not_taken_for_another_line(tmp_path: Path) -> None:
    source, target = numbered(tmp_path / "in.jsonl", 3), tmp_path / "out.jsonl"
    kept = [{"line": 2, "answer": {"id": "2", "text": "old"}}, {"line": 2, "answer": {"id": "1", "text": "kept"}}]
    aside = tmp_path / "out.jsonl.ahead.jsonl"
    aside.write_text("".join(json.dumps(entry) + "\n" for entry in kept))
    await run(source, target, resume=True)
    assert [line["text"] for line in answers(target)] == ["t", "kept", "t"]
    aside.write_text(json.dumps(kept[1]) + "\n")
    await run(source, target)
    assert [line["text"] for line in answers(target)] == ["t", "t", "t"], "not asked to go on"
    assert not aside.exists()


async def test_a_fault_of_ours_costs_its_line_and_not_the_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    source, target = numbered(tmp_path / "in.jsonl", 4, n1="fault"), tmp_path / "out.jsonl"
    outcome = await run(source, target)
    assert [line["id"] for line in answers(target)] == ["0", "2", "3"]
    assert outcome.bad == 1
    (told,) = errors(target)
    assert (told["line"], told["id"]) == (2, "1")
    assert "ZeroDivisionError" in told["reason"]
    assert [record.message for record in caplog.records] == ["batch.failed"]
    assert "zipper" not in caplog.text + told["reason"]


async def test_bad_lines_are_told_in_the_order_of_the_lines(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": "0", "text": "t"}\n{"id": "1"}\nnonsense\n{"id": "3", "text": "fault"}\n')

    async def wait(_: Line) -> None:
        await asyncio.sleep(0)

    await run(source, target, Echo(4, wait))
    assert [(entry["line"], entry["id"]) for entry in errors(target)] == [(2, "1"), (3, None), (4, "3")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
async def test_a_full_disk_is_told_with_the_way_out(tmp_path: Path) -> None:
    full = tmp_path / "out.jsonl"
    full.symlink_to("/dev/full")
    with pytest.raises(BadInput, match=r"out\.jsonl cannot be written: .*--resume"):
        await run(numbered(tmp_path / "in.jsonl", 40), full, Echo(4))
