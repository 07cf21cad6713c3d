"""Datasets: what is in them is checked, a fault names its case, and labelled lines are cases too."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from rapidfuzz import fuzz, process

from drafter.domain.errors import BadInput
from drafter.domain.finding import CODES
from drafter.domain.shop import SUPPORTED_LANGUAGES
from drafter.domain.situation import Channel, Route, SituationName
from evals import cases, loading
from evals.cases import DATASETS, SCHEMA, Expected, Inputs, schema_text, slices_of
from evals.reply_cases import ExpectedCodes, slices_of_reply
from evals.runs.scoring import of_replies
from evals.scorers import MEASURES, SCORERS, UnlikeTheOthers
from evals.scorers.base import says_any

TRAINING = DATASETS.parent / "training" / "texts"
CASE = """
cases:
  - name: late
    inputs: {review: {text: Still waiting, rating: 1}}
    metadata: {situation: shipping, language: en, channels: [hybrid], route: draft}
"""
#: Slices that the shipped cases are tagged with; another word is a slip of the pen.
TAGS = {
    "code_mixed",
    "emoji",
    "hard_neighbour",
    "incentive_asked",
    "injection",
    "insult",
    "personal_data",
    "rating_contradicts",
    "sarcasm",
    "several_points",
    "typos",
}


@pytest.fixture(scope="module")
def shipped() -> list[tuple[str, Inputs, Expected]]:
    loaded = cases.load("replies").cases
    return [(case.name or "", case.inputs, case.metadata or Expected()) for case in loaded]


def reviews(dataset: loading.AnyDataset) -> list[tuple[Inputs, Expected]]:
    assert not of_replies(dataset)
    return [(cast("Inputs", case.inputs), cast("Expected", case.metadata)) for case in dataset.cases]


def replies(dataset: loading.AnyDataset) -> dict[str, ExpectedCodes]:
    assert of_replies(dataset)
    return {case.name or "": cast("ExpectedCodes", case.metadata) for case in dataset.cases}


def lines_file(path: Path, *lines: dict[str, Any]) -> str:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return str(path)


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_review_without_an_id_is_called_as_its_case(tmp_path: Path) -> None:
    dataset = cases.load(written(tmp_path / "mine.yaml", CASE))
    assert dataset.name == "mine"
    assert dataset.cases[0].inputs.review.external_id == "late"


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("situation:", "mood:", "case late: there is no key 'metadata.mood'"),
        ("rating: 1", "stars: 1", "case late: there is no key 'inputs.review.stars'"),
        ("shipping", "delivery", "case late: metadata.situation"),
        ("rating: 1", "rating: 9", "case late: inputs.review.rating"),
        ("name: late", "title: late", "case number 1"),
        ("route: draft", "tags: [Not A Tag]", "case late: metadata.tags"),
        ("cases:", "case:", "there is no key 'case'"),
        ("name: late", "name: [late", "cannot be read as a dataset"),
    ],
)
def test_a_fault_names_the_file_the_case_and_the_key(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    path = written(tmp_path / "typo.yaml", CASE.replace(right, wrong, 1))
    with pytest.raises(BadInput) as error:
        cases.load(path)
    assert told in str(error.value)
    assert path in str(error.value)


def test_a_folder_is_one_dataset_and_takes_no_name_twice(tmp_path: Path) -> None:
    written(tmp_path / "a.yaml", CASE)
    written(tmp_path / "b.yaml", CASE.replace("late", "later"))
    assert [case.name for case in cases.load(str(tmp_path)).cases] == ["late", "later"]
    written(tmp_path / "c.yaml", CASE)
    with pytest.raises(BadInput, match="Duplicate case name: 'late'"):
        cases.load(str(tmp_path))


def test_a_dataset_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(BadInput, match="replies"):
        loading.load("nothing")


def test_the_schema_beside_the_datasets_is_the_one_of_the_code() -> None:
    """`python -c "from evals.cases import *; SCHEMA.write_text(schema_text())"` brings it in step."""
    assert SCHEMA.read_text(encoding="utf-8") == schema_text()


def test_every_shipped_file_tells_editors_its_schema_and_uses_only_its_keys() -> None:
    schema = json.loads(schema_text())["$defs"]
    for file in DATASETS.glob("*/*.yaml"):
        text = file.read_text(encoding="utf-8")
        first = text.splitlines()[0]
        assert first == "# yaml-language-server: $schema=../schema.json"
        keys = {key for case in yaml.safe_load(text)["cases"] for key in case["metadata"]}
        assert keys <= set(schema["Expected"]["properties"])


def test_the_shipped_cases_cover_all_languages_and_situations(
    shipped: list[tuple[str, Inputs, Expected]],
) -> None:
    assert len(shipped) >= 300
    found = Counter((expected.language, expected.situation) for _, _, expected in shipped)
    for language in SUPPORTED_LANGUAGES:
        assert sum(count for (of, _), count in found.items() if of == language) >= 25
        assert all(found[language, situation] for situation in SituationName)
    assert sum(bool(inputs.case_facts) for _, inputs, _ in shipped) / len(shipped) > 0.3


def test_every_shipped_case_is_labelled_in_full_and_without_contradiction(
    shipped: list[tuple[str, Inputs, Expected]],
) -> None:
    for name, inputs, expected in shipped:
        assert expected.language, name
        assert expected.legal_threat is not None, name
        assert expected.channels, name
        assert set(expected.tags) <= TAGS, name
        assert {*expected.facts_may, *expected.facts_must_not} <= inputs.case_facts.keys(), name
        wanted = {SituationName.SAFETY: Route.ESCALATE, SituationName.SPAM_ABUSE: Route.NO_REPLY}
        assert expected.route is wanted.get(expected.situation or SituationName.OTHER, Route.DRAFT), name
        assert (expected.channels == (Channel.NONE,)) == (expected.situation is SituationName.SPAM_ABUSE), name
        situations = [expected.situation, *expected.also, *expected.secondary]
        assert len(set(situations)) == len(situations), name
        assert all(point.words.get(expected.language) for point in expected.points), name


def test_every_shipped_word_list_has_a_word_of_what_it_is_about(
    shipped: list[tuple[str, Inputs, Expected]],
) -> None:
    """Details are of the review, facts' words of the facts, and forbidden data stand in the review."""
    for name, inputs, expected in shipped:
        told = f"{inputs.review.full_text} {inputs.review.product.name}"
        assert not expected.details or says_any(told, expected.details), name
        for key, words in {**expected.facts_may, **expected.facts_must_not}.items():
            assert says_any(inputs.case_facts[key], words), name
        if expected.personal_data:
            assert expected.must_not_say, name
            assert all(says_any(told, [datum]) for datum in expected.must_not_say), name


def test_the_case_in_the_readme_is_one_and_its_table_has_every_key(tmp_path: Path) -> None:
    readme = (DATASETS / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", readme, re.DOTALL)
    assert example
    dataset = cases.load(written(tmp_path / "example.yaml", example[1]))
    assert [case.name for case in dataset.cases] == ["late-and-broken"]
    assert all(f"`{key}`" in readme for key in Expected.model_fields)
    titles = [*(scorer.title() for scorer in (*SCORERS, *MEASURES)), UnlikeTheOthers.title()]
    assert all(f"`{title}`" in readme for title in titles)


def test_no_shipped_case_is_a_text_that_the_reader_was_trained_on(
    shipped: list[tuple[str, Inputs, Expected]],
) -> None:
    """A reader that knows a text by heart shows nothing by reading it right; single words cannot be avoided."""
    texts = [line for file in TRAINING.glob("*.jsonl") for line in file.read_text(encoding="utf-8").splitlines()]
    trained = [json.loads(line)["text"].casefold() for line in texts]
    cases_ = {name: inputs.review.text.casefold() for name, inputs, _ in shipped if len(inputs.review.text) > 15}
    likeness = process.cdist(list(cases_.values()), trained, scorer=fuzz.ratio, score_cutoff=90)
    assert len(trained) > 3000
    assert [name for name, row in zip(cases_, likeness, strict=True) if row.any()] == []


def test_slices_tell_language_situation_rating_and_what_a_case_holds() -> None:
    inputs = Inputs.model_validate(
        {"review": {"external_id": "1", "text": "ok", "rating": 5}, "case_facts": {"order_status": "sent"}}
    )
    expected = Expected(language="es", situation=SituationName.OTHER, name=(), tags=("sarcasm",))
    assert slices_of(inputs, expected) == (
        "language:es",
        "situation:other",
        "rating:5",
        "platform:tiktok_shop",
        "short",
        "with_facts",
        "no_name",
        "sarcasm",
    )
    assert "short" not in slices_of(
        Inputs.model_validate({"review": {"external_id": "1", "text": "long enough to say something"}}), None
    )


def test_the_guardrails_own_cases_are_a_dataset() -> None:
    found = replies(loading.load("guardrails"))
    codes = {code for expected in found.values() for code in expected.codes}
    assert codes == set(CODES)
    assert {expected.language for expected in found.values()} >= set(SUPPORTED_LANGUAGES)
    assert any(not expected.codes for expected in found.values())
    flagged = found["tone-en-flag-1"]
    assert flagged.codes == ("tone",)
    assert "length" not in flagged.judged  # a single sentence is no whole reply
    assert slices_of_reply(cases_by_name("guardrails")["tone-en-flag-1"], flagged)[:2] == ("language:en", "code:tone")


def cases_by_name(dataset: str) -> dict[str, Any]:
    loaded = loading.load(dataset)
    return {case.name or "": case.inputs for case in loaded.cases}


def test_a_labelled_review_is_a_case_and_its_language_no_hint(tmp_path: Path) -> None:
    line = {
        "id": "7",
        "text": "Roto y tarde",
        "rating": 1,
        "language": "es",
        "situation": "quality",
        "secondary": ["shipping"],
        "sentiment": -1,
        "best_channel": "hybrid",
        "legal_threat": False,
        "contains_personal_data": False,
        "specific_detail": "Roto",
        "tags": ["mine"],
    }
    inputs, expected = reviews(loading.load(lines_file(tmp_path / "in.jsonl", line)))[0]
    assert inputs.review.text == "Roto y tarde"
    assert inputs.review.language is None
    assert expected == Expected(
        situation=SituationName.QUALITY,
        secondary=(SituationName.SHIPPING,),
        language="es",
        sentiment=-1,
        legal_threat=False,
        personal_data=False,
        channels=(Channel.HYBRID,),
        route=Route.DRAFT,
        details=("Roto",),
        tags=("mine",),
    )


def test_an_unlabelled_line_is_a_case_that_asks_for_nothing(tmp_path: Path) -> None:
    line = {
        "id": "1",
        "review": {"text": "Late", "author": "Ana"},
        "case_facts": {"order_status": "sent"},
        "region": "US",
    }
    inputs, expected = reviews(loading.load(lines_file(tmp_path / "in.jsonl", line)))[0]
    assert inputs.case_facts == {"order_status": "sent"}
    assert inputs.review.region == "US"
    assert expected == Expected()


@pytest.mark.parametrize(
    ("labels", "channels", "route"),
    [
        ({"situation": "safety", "best_channel": "private"}, {Channel.PRIVATE, Channel.HYBRID}, Route.ESCALATE),
        ({"situation": "spam_abuse", "best_channel": "public"}, {Channel.PUBLIC, Channel.NONE}, Route.NO_REPLY),
        ({"situation": "service", "legal_threat": True}, set(), Route.ESCALATE),
        ({"situation": "other", "route": "no_reply"}, set(), Route.NO_REPLY),
        ({"situation": "sizing", "channel": "public"}, {Channel.PUBLIC}, Route.DRAFT),
    ],
)
def test_harm_goes_to_a_person_and_noise_nowhere(
    tmp_path: Path, labels: dict[str, Any], channels: set[Channel], route: Route
) -> None:
    path = lines_file(tmp_path / "in.jsonl", {"id": "1", "text": "x", **labels})
    expected = reviews(loading.load(path))[0][1]
    assert set(expected.channels) == channels
    assert expected.route is route


def test_labelled_replies_are_scored_for_the_codes_that_their_file_knows(tmp_path: Path) -> None:
    path = lines_file(
        tmp_path / "replies.jsonl",
        {"id": "1", "review": {"text": "Ok"}, "reply": "Give us five stars.", "violations": ["incentive"]},
        {"id": "2", "text": "Danke. Wir freuen uns.", "language": "de", "violations": ["none"], "review_rating": 5},
        {"id": "3", "text": "Thanks.", "violations": ["tone"], "borderline": True},
        {"id": "4", "review": {"text": "Ok"}, "reply": "Thank you. We are glad."},
    )
    found = replies(loading.load(path))
    assert found["1"].codes == ("incentive",)
    assert found["1"].judged == ("tone", "incentive")
    assert found["2"].codes == ()
    assert found["2"].language == "de"
    assert cases_by_name(path)["2"].public_reply == "Danke. Wir freuen uns."
    assert found["3"].judged == ()  # it can fairly be judged either way
    assert found["3"].tags == ("borderline",)
    assert found["4"].judged == ()  # without a label


def test_a_length_counted_by_a_script_counts_only_where_it_is_sure(tmp_path: Path) -> None:
    def reply(id_: str, count: int, *, close: bool = False) -> dict[str, Any]:
        codes = ["length"] if count > 3 else ["none"]
        return {"id": id_, "text": "A.", "violations": codes, "sentence_count": count, "length_borderline": close}

    found = replies(
        loading.load(lines_file(tmp_path / "r.jsonl", reply("1", 6), reply("2", 4, close=True), reply("3", 1)))
    )
    assert [found[name].judged for name in ("1", "2", "3")] == [("length",), (), ()]


def test_replies_that_are_all_clean_are_judged_for_every_code(tmp_path: Path) -> None:
    path = lines_file(tmp_path / "clean.jsonl", {"id": "1", "review": {}, "reply": "Thank you.", "violations": []})
    assert replies(loading.load(path))["1"].judged == CODES


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "holds no lines"),
        ("{]", "line 1: not JSON"),
        ('{"id": "1", "text": "x"}\n{"id": "2"}', 'line 2: "text" is missing'),
        ('{"id": "1", "text": "x", "situation": "mood"}', "line 1: situation"),
        ('{"id": "1", "text": "x", "violations": ["rude"]}', "line 1: there is no code rude"),
        ('{"id": "1", "text": "x"}\n{"id": "1", "text": "y"}', "Duplicate case name: '1'"),
    ],
)
def test_a_line_that_cannot_be_used_is_told_by_its_number(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadInput) as error:
        loading.load(written(tmp_path / "in.jsonl", text))
    assert told in str(error.value)


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(BadInput, match=r"nowhere\.jsonl cannot be read"):
        loading.load("nowhere.jsonl")
