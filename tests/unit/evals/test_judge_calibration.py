"""Calibration: the labelled pairs are what they say, agreement is counted right, a planted position bias is found."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from drafter.cli import app
from drafter.domain.draft import Usage
from drafter.domain.errors import BadInput
from drafter.domain.share import share
from drafter.domain.shop import SUPPORTED_LANGUAGES
from drafter.domain.situation import SituationName
from drafter.llm.options import ModelOptions
from drafter.testing import Answer, ChatRequest, ModelServer
from drafter.testing.chat import said
from evals.judging.agreement import kappa, sign_test
from evals.judging.calibrate import Calibration, Outcome, calibration, outcomes_of
from evals.judging.duel import duel
from evals.judging.judge import Preference
from evals.judging.models import JudgeModel
from evals.judging.pairs import LabelledPair, calibration_pairs, pairs_of
from evals.judging.rubric import Quality
from evals.judging.scripted import ScriptedJudge, answered
from evals.runs import ReviewResult, Run

PAIRS = calibration_pairs()
NOT_DRAFTED = {SituationName.SAFETY, SituationName.SPAM_ABUSE}  # they go to a person, or get no reply


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")


def judge_model(server: ModelServer) -> JudgeModel:
    return JudgeModel(ModelOptions(name="openai:scripted", base_url=server.url))


async def calibrated(
    script: Callable[[ChatRequest], Answer], pairs: Sequence[LabelledPair] = PAIRS, *, scores: bool = False
) -> Calibration:
    with ModelServer(script) as server:
        model = judge_model(server)
        judge = model.of_pairs()
        outcomes = await outcomes_of(pairs, judge, model.of_replies() if scores else None)
    return calibration(outcomes, model="openai:scripted", judge_hash=judge.hash, usage=judge.usage)


def test_the_pairs_cover_all_languages_and_all_drafted_situations() -> None:
    assert len(PAIRS) >= 60
    assert Counter(pair.language for pair in PAIRS).keys() == set(SUPPORTED_LANGUAGES)
    assert {pair.situation for pair in PAIRS} == set(SituationName) - NOT_DRAFTED
    assert {pair.quality for pair in PAIRS} == set(Quality)
    assert len({pair.name for pair in PAIRS}) == len(PAIRS)
    kinds = Counter(pair.kind for pair in PAIRS)
    assert all(
        kinds[kind] >= 4
        for kind in (
            "longer_but_emptier",
            "warm_but_inventing",
            "correct_but_cold",
            "wrong_language",
            "names_the_detail",
        )
    )


def test_neither_place_is_the_better_one_by_itself() -> None:
    places = Counter(pair.better for pair in PAIRS)
    assert places["tie"] >= 10
    assert 0.4 <= places["first"] / (places["first"] + places["second"]) <= 0.6


async def test_a_judge_with_the_labels_agrees_with_all_and_has_no_bias() -> None:
    found = await calibrated(ScriptedJudge(PAIRS), scores=True)
    assert (found.judged, found.failed, found.worse_preferred) == (len(PAIRS), 0, 0)
    assert found.agreement.right.share == found.agreement.kappa == 1.0
    assert found.by_language.keys() == set(SUPPORTED_LANGUAGES)
    assert (found.position_bias.follows.count, found.position_bias.p) == (0, 1.0)
    decided = sum(pair.better != "tie" for pair in PAIRS)
    assert found.scores_in_order == {"kept": decided, "even": 0, "reversed": 0}


async def test_a_judge_that_always_takes_the_first_is_found() -> None:
    found = await calibrated(ScriptedJudge(PAIRS, towards_first=1.0))
    bias = found.position_bias
    assert (bias.follows.share, bias.first, bias.second) == (1.0, len(PAIRS), 0)
    assert bias.follows.low > 0.9
    assert found.agreement.kappa == 0.0
    assert found.worse_preferred == 0  # the swap makes ties of it, not wrong winners


async def test_a_judge_that_leans_to_the_first_in_three_of_ten_is_found() -> None:
    found = await calibrated(ScriptedJudge(PAIRS, towards_first=0.3))
    bias = found.position_bias
    assert bias.second == 0
    assert 0.15 < bias.follows.share < 0.45
    assert bias.follows.low > 0.05
    assert bias.p < 0.001


async def test_a_judge_that_falls_for_length_is_seen_where_the_shorter_reply_is_better() -> None:
    def counts_letters(request: ChatRequest) -> Answer:
        a, b = (
            request.text.partition(f"<public_reply_{letter}>\n")[2].partition(f"\n</public_reply_{letter}>")[0]
            for letter in "ab"
        )
        fields = {"quote": a[:8], "reason": "r", "quality": "tone"}
        return answered(request, fields | {"better": "A" if len(a) > len(b) else "B"})

    found = await calibrated(counts_letters)
    assert found.by_length.keys() == {"longer", "shorter", "tie"}
    assert found.by_length["longer"].right.share == 1.0
    assert found.by_length["shorter"].right.share == 0.0
    assert found.by_length["longer"].right.of == found.longer_wins.count
    assert found.by_length["shorter"].right.of >= 20


async def test_an_unsure_judge_follows_both_places_and_is_not_called_biased() -> None:
    def guesses(request: ChatRequest) -> Answer:
        letter = "A" if int(request.conversation[8:16], 16) % 2 else "B"
        fields = {"quote": request.text.rpartition("<public_reply_a>\n")[2][:8], "reason": "r", "quality": "tone"}
        return answered(request, fields | {"better": letter})

    found = await calibrated(guesses)
    assert min(found.position_bias.first, found.position_bias.second) > 5
    assert found.position_bias.p > 0.01


async def test_what_cannot_be_judged_is_counted_and_is_no_verdict() -> None:
    found = await calibrated(lambda request: said(request, "Both are fine."), PAIRS[:3])
    assert (found.pairs, found.judged, found.failed) == (3, 0, 3)
    assert found.agreement.kappa is None
    assert found.agreement.right.of == 0


def test_a_judge_that_prefers_the_worse_is_told_from_one_that_calls_ties() -> None:
    pair = next(pair for pair in PAIRS if pair.better == "first")
    wrong = preference("second", "second")
    found = calibration(
        [Outcome(pair=pair, preference=wrong), Outcome(pair=pair, preference=preference("tie", "first"))],
        model="m",
        judge_hash="h",
        usage=Usage(),
    )
    assert found.worse_preferred == 1
    assert found.position_bias.disagreed == 1
    assert found.position_bias.follows.count == 0


def preference(forward: Any, backward: Any) -> Preference:
    better = forward if forward == backward else "tie"
    return Preference(better=better, quality=Quality.TONE, reason="r", forward=forward, backward=backward)


def test_kappa_is_what_the_textbook_says() -> None:
    """Cohen 1960: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no give 0.4."""
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert kappa(pairs) == 0.4
    assert kappa([]) is None
    assert kappa([("y", "y")]) is None


def test_the_interval_of_a_share_is_wilsons() -> None:
    found = share(10, 20)
    assert (found.low, found.high) == (0.2993, 0.7007)
    assert (share(0, 10).low, share(0, 10).high) == (0.0, 0.2775)
    assert (share(0, 0).low, share(0, 0).high) == (0.0, 1.0)
    assert sign_test(5, 0) == 0.0625
    assert sign_test(0, 0) == sign_test(3, 3) == 1.0


def test_a_pair_with_an_unknown_key_is_refused() -> None:
    texts = dict.fromkeys(("name", "kind", "review", "first", "second", "why"), "x")
    entry = {**texts, "situation": "other", "better": "tie", "quality": "tone"}
    assert pairs_of([entry], "en")[0].language == "en"
    with pytest.raises(BadInput, match="verdict"):
        pairs_of([entry | {"verdict": "first"}], "en")


async def test_the_drafts_of_two_runs_are_compared(
    make_run: Callable[..., Run], make_result: Callable[..., ReviewResult]
) -> None:
    """The better run wins, the same text is asked about by nobody, and a case of one run alone is left out."""
    plain = [make_result(f"case-{number}", {}, reply="Thank you for writing.") for number in range(6)]
    better = [make_result(f"case-{number}", {}, reply=f"Sorry about the zipper, {number}.") for number in range(5)]
    before, after = make_run("before", plain), make_run("after", [*better, plain[5], make_result("new", {})])

    def takes_up_the_zipper(request: ChatRequest) -> Answer:
        first = request.text.partition("<public_reply_a>\n")[2].partition("</public_reply_a>")[0]
        letter = "A" if "zipper" in first else "B"
        return answered(request, {"quote": "the zipper", "reason": "r", "quality": "specificity", "better": letter})

    with ModelServer(takes_up_the_zipper) as server:
        found = await duel(before, after, judge_model(server).of_pairs())
    assert (found.pairs, found.same, found.after_better, found.before_better, found.ties) == (6, 1, 5, 0, 0)
    assert found.after_wins.share == 1.0
    assert found.p == 0.0625
    assert len(server.requests) == 10
    with pytest.raises(BadInput, match="share no case"):
        await duel(before, make_run("other", []), judge_model(server).of_pairs())


def test_the_command_prints_figures_and_ends_with_json_and_keeps_its_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRAFTER_MODEL", "openai:writer")
    with ModelServer(ScriptedJudge(PAIRS, towards_first=1.0)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        arguments = ["eval", "judge", "--model", "openai:scripted", "--limit", "8", "--seed", "2"]
        shown = CliRunner().invoke(app, arguments)
        again = CliRunner().invoke(app, arguments)
    assert shown.exit_code == again.exit_code == 0
    figures = json.loads(shown.output.splitlines()[-1])
    assert figures["position_bias"]["first"] == 8
    assert figures["pairs"] == 8
    assert "biased towards the first place" in " ".join(shown.output.split())
    assert len(server.requests) == 16  # the second time, none
    assert {request.body["model"] for request in server.requests} == {"scripted"}


def test_a_budget_holds_over_all_starts_of_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    prices = '["openai:scripted"]\nusd_per_million_in = 1000.0\nusd_per_million_out = 1000.0\nconcurrency = 1\n'
    (tmp_path / "models.toml").write_text(prices, encoding="utf-8")
    monkeypatch.setenv("DRAFTER_MODELS_FILE", "models.toml")
    arguments = ["eval", "judge", "--model", "openai:scripted", "--limit", "4", "--budget", "0.01"]
    with ModelServer(ScriptedJudge(PAIRS)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        codes = [CliRunner().invoke(app, arguments).exit_code for _ in range(2)]
    assert codes == [1, 1]
    assert len(server.requests) == 1, "the second time it is used up already"
