"""The batch runner: order, good lines, bad lines, resuming."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.commands import lines
from drafter.commands.batch import Batch, Outcome
from drafter.commands.lines import Line
from drafter.domain.errors import BadInput, DrafterError
from drafter.domain.shop import Shop
from drafter.domain.situation import Channel


async def echo(window: list[Line]) -> AsyncIterator[Line | DrafterError]:
    for line in window:
        yield BadInput("no text") if "text" not in line else {"id": line["id"], "text": line["text"]}


async def run(source: Path, target: Path, **options: object) -> Outcome:
    return await Batch(str(source), str(target), **options).run(echo)  # type: ignore[arg-type]  # options of Batch


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
