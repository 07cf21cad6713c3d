"""The rule by which a judge's word counts, held for any findings and any judgement."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drafter.domain.finding import CODES, Finding, Layer, Part, Severity, blocking
from drafter.domain.judgement import Judgement
from guardrails.verdicts import DOUBT, only_adding, settle, settle_later

PLACES = st.integers(0, 30)


def finding(code: str, layer: Layer, start: int = 0, end: int = 5, part: Part = Part.PUBLIC) -> Finding:
    return Finding(
        code=code,
        check="test",
        severity=Severity.BLOCK,
        part=part,
        start=start,
        end=end,
        message=f"{layer} {code}",
        suggestion="s",
        layer=layer,
    )


def findings(*layers: Layer) -> st.SearchStrategy[tuple[Finding, ...]]:
    one = st.builds(
        lambda code, layer, start, more, part, warns, final: finding(
            code, layer, start, start + more, part
        ).with_changes(severity=Severity.WARN if warns else Severity.BLOCK, final=final),
        st.sampled_from(CODES[:4]),
        st.sampled_from(layers),
        PLACES,
        PLACES,
        st.sampled_from(Part),
        st.booleans() if layers != ("judge",) else st.just(False),
        st.booleans() if layers != ("judge",) else st.just(False),
    )
    return st.lists(one, max_size=6).map(tuple)


def judgements() -> st.SearchStrategy[Judgement]:
    return st.builds(
        Judgement,
        model=st.just("openai:a"),
        prompt_hash=st.just("sha256:0"),
        findings=findings("judge"),
        doubts=findings("judge"),
        cleared=st.lists(st.sampled_from(CODES[:4])).map(tuple),
    )


INSPECTED = findings("rule", "head")


@given(INSPECTED, judgements(), st.booleans())
def test_what_a_rule_found_and_what_is_final_always_stands(
    found: tuple[Finding, ...], judged: Judgement, wary: bool
) -> None:
    settled = settle(found, only_adding(judged) if wary else judged)
    assert {one for one in found if one.layer == "rule" or one.final} <= set(settled.findings)


@given(INSPECTED, judgements(), st.booleans())
def test_only_heads_are_overruled_and_nothing_goes_unrecorded(
    found: tuple[Finding, ...],
    judged: Judgement,
    wary: bool,
) -> None:
    settled = settle(found, only_adding(judged) if wary else judged)
    assert {one.layer for one in settled.overruled} <= {"head"}
    assert {one.code for one in settled.overruled} <= set(judged.cleared)
    assert {*found} == {one for one in settled.findings if one.layer != "judge"} | {*settled.overruled}


@given(INSPECTED, judgements())
def test_a_code_that_the_judge_finds_or_doubts_is_not_cleared(found: tuple[Finding, ...], judged: Judgement) -> None:
    named = {one.code for one in (*judged.findings, *judged.doubts)}
    assert not named & {one.code for one in settle(found, judged).overruled}


@given(INSPECTED, judgements(), st.booleans())
def test_every_code_that_the_judge_is_sure_of_blocks(
    found: tuple[Finding, ...],
    judged: Judgement,
    wary: bool,
) -> None:
    blocked = {
        (one.part, one.code) for one in blocking(settle(found, only_adding(judged) if wary else judged).findings)
    }
    assert {(one.part, one.code) for one in judged.findings} <= blocked


@given(INSPECTED, judgements())
def test_a_doubt_blocks_nothing_and_clears_nothing(found: tuple[Finding, ...], judged: Judgement) -> None:
    unsure = judged.with_changes(findings=(), cleared=())
    settled = settle(found, unsure)
    assert blocking(settled.findings) == tuple(one for one in settled.findings if one in found and one.blocks)
    assert {*found} <= {*settled.findings}
    assert {one.code for one in settled.findings if one.layer == "judge"} <= {DOUBT}


@given(INSPECTED, judgements())
def test_a_wary_verdict_only_adds(found: tuple[Finding, ...], judged: Judgement) -> None:
    assert {*found} <= {*settle(found, only_adding(judged)).findings}


@given(INSPECTED)
def test_without_a_judgement_the_inspection_stands(found: tuple[Finding, ...]) -> None:
    assert settle(found, None) == (found, ())


@given(INSPECTED, judgements())
def test_blocking_findings_come_first(found: tuple[Finding, ...], judged: Judgement) -> None:
    blocks = [one.blocks for one in settle(found, judged).findings]
    assert blocks == sorted(blocks, reverse=True)


def kept(found: tuple[Finding, ...], judged: Judgement) -> Judgement:
    """Return a judgement as a draft keeps it."""
    return judged.with_changes(overruled=settle(found, judged).overruled, basis="then")


@given(INSPECTED, judgements())
def test_settling_the_same_again_gives_the_same(found: tuple[Finding, ...], judged: Judgement) -> None:
    """An approval settles what a draft's inspection settled before, from the same judgement."""
    assert settle_later(found, kept(found, judged), basis="then") == settle(found, judged)


@given(INSPECTED, INSPECTED, judgements())
def test_a_judgement_takes_back_nothing_that_it_did_not_see(
    found: tuple[Finding, ...],
    today: tuple[Finding, ...],
    judged: Judgement,
) -> None:
    settled = settle_later((*found, *today), kept(found, judged), basis="then")
    assert set(settled.overruled) <= {*settle(found, judged).overruled}
    assert {one for one in today if one.layer == "rule" or one.final or one not in found} <= {*settled.findings}


@given(INSPECTED, judgements())
def test_a_judgement_by_other_facts_only_adds(found: tuple[Finding, ...], judged: Judgement) -> None:
    settled = settle_later(found, kept(found, judged), basis="now")
    assert settled == settle(found, only_adding(judged))
    assert settle_later(found, kept(found, judged).with_changes(basis=None), basis="now") == settled


def test_a_check_that_crashed_is_cleared_by_nobody() -> None:
    crashed = finding("tone", "head").with_changes(final=True)
    judged = Judgement(model="openai:a", prompt_hash="sha256:0", cleared=("tone",), overruled=(crashed,), basis="then")
    assert settle((crashed,), judged) == ((crashed,), ())
    assert settle_later((crashed,), judged, basis="then") == ((crashed,), ())


def test_a_sure_judge_takes_back_what_a_head_found() -> None:
    judged = Judgement(model="openai:a", prompt_hash="sha256:0", cleared=("tone", "incentive"))
    settled = settle((finding("tone", "head"), finding("incentive", "rule")), judged)
    assert [one.code for one in settled.findings] == ["incentive"]
    assert [one.code for one in settled.overruled] == ["tone"]


def test_a_passage_that_a_rule_found_is_not_told_twice() -> None:
    judged = Judgement(
        model="openai:a",
        prompt_hash="sha256:0",
        findings=(finding("tone", "judge", 3, 9), finding("tone", "judge", 20, 30)),
    )
    settled = settle((finding("tone", "rule", 0, 5),), judged)
    assert [(one.layer, one.start) for one in settled.findings] == [("rule", 0), ("judge", 20)]


def test_a_finding_of_before_there_were_layers_is_one_of_a_rule() -> None:
    old = finding("tone", "rule").model_dump(mode="json", exclude={"layer"})
    assert Finding.from_store(old).layer == "rule"
