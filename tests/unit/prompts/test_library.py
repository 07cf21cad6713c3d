"""The library loads what is right and refuses the rest with a reason."""

from pathlib import Path

import pytest

from prompts.library import Library, MissingVariables, PromptError, UnknownPrompt, content_hash, render, variables_of

GOOD = """
language: en
situation: quality
public:
  acknowledge: ["Thank you for “{detail}”.", "Thank you."]
  resolve: ["We see."]
  invite: []
"""
COMMON = """
language: en
greeting: {with_name: ["Hi {name},"], without_name: [""]}
also: {}
"""


def library(folder: Path, **files: str) -> Library:
    home = folder / "templates" / "en"
    home.mkdir(parents=True)
    for name, text in ({"quality": GOOD, "common": COMMON} | files).items():
        (home / f"{name}.yaml").write_text(text, encoding="utf-8")
    return Library(folder)


def test_good_files_are_loaded_by_name(tmp_path: Path) -> None:
    own = library(tmp_path)
    assert own.languages() == ("en",)
    assert own.situations("en") == ("quality",)
    templates = own.templates("en", "quality")
    assert templates.public is not None
    assert templates.public.resolve == ("We see.",)
    assert templates.hybrid is None
    assert own.common("en").join == " "


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (GOOD + "tone: warm\n", "tone"),
        (GOOD.replace("{detail}", "{order}"), "order"),
        (GOOD.replace("{detail}", "{detail.upper}"), "detail.upper"),
        (GOOD.replace("{detail}", "{detail"), "public.acknowledge"),
        (GOOD.replace("quality", "sizing"), "en/sizing"),
        (GOOD.replace('resolve: ["We see."]', "resolve: []"), "public.resolve"),
        (GOOD + "situation: sizing\n", "stands twice"),
        ("- a list", "valid dictionary"),
        ("a: [", "quality"),
    ],
)
def test_a_wrong_file_is_refused_with_its_reason(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(PromptError, match=reason.replace("{", ".")):
        library(tmp_path, quality=text).templates("en", "quality")


def test_an_unknown_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownPrompt, match=r"templates/en/service\.yaml"):
        library(tmp_path).templates("en", "service")


def test_a_greeting_knows_the_name_only(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="product"):
        library(tmp_path, common=COMMON.replace("{name}", "{product}")).common("en")


def test_all_missing_variables_come_in_one_error() -> None:
    with pytest.raises(MissingVariables) as raised:
        render("{a} and {b} and {c}", {"b": "here"})
    assert raised.value.names == ("a", "c")
    assert "a, c" in str(raised.value)


def test_values_are_not_read_as_templates() -> None:
    assert render("“{detail}”", {"detail": "{name} {0} {{x}}"}) == "“{name} {0} {{x}}”"


def test_the_variables_of_a_text_are_its_plain_names() -> None:
    assert variables_of("{a} {b} {a}") == {"a", "b"}
    assert variables_of("none") == frozenset()


def test_the_hash_follows_the_content_and_not_its_layout(tmp_path: Path) -> None:
    first = library(tmp_path / "1").hash_of("en", "quality")
    same = library(tmp_path / "2", quality="# a comment\n" + GOOD).hash_of("en", "quality")
    other = library(tmp_path / "3", quality=GOOD.replace("We see", "We know")).hash_of("en", "quality")
    other_greeting = library(tmp_path / "4", common=COMMON.replace("Hi", "Hey")).hash_of("en", "quality")
    assert first.startswith("sha256:")
    assert first == same
    assert len({first, other, other_greeting}) == 3


def test_the_hash_does_not_depend_on_the_order_of_keys() -> None:
    assert content_hash({"a": 1, "b": [1, 2]}) == content_hash({"b": [1, 2], "a": 1})
    assert content_hash([1, 2]) != content_hash([2, 1])


def test_a_file_is_read_once(tmp_path: Path) -> None:
    own = library(tmp_path)
    first = own.templates("en", "quality")
    (tmp_path / "templates/en/quality.yaml").unlink()
    assert own.templates("en", "quality") is first


TOPICS = """
language: en
forms: [plain, of]
join: "{first} and {second}"
topics:
  quality:
    - {id: zip, words: [zip, zips], says: {plain: the zip, of: of the zip}}
    - {id: part, words: [lid, strap], says: {plain: "the {found}", of: "of the {found}"}}
"""


def with_topics(folder: Path, text: str, **files: str) -> Library:
    own = library(folder, **files)
    (folder / "topics").mkdir()
    (folder / "topics" / "en.yaml").write_text(text, encoding="utf-8")
    return own


def test_topics_are_named_alone_or_as_one_phrase_in_each_form(tmp_path: Path) -> None:
    topics = with_topics(tmp_path, TOPICS).topics("en")
    assert topics is not None
    first, second = topics.topics["quality"]
    assert topics.named([(first, "zip")]) == {"topic": "the zip", "topic_of": "of the zip"}
    assert topics.named([(first, "zip"), (second, "STRAP")])["topic_of"] == "of the zip and of the strap"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("plain: the zip, of: of the zip", "plain: the zip", "quality.zip: needs the forms plain, of"),
        ("of: of the zip", "of: of the zip, to: to the zip", "needs the forms"),
        ("of: of the zip", 'of: ""', "is empty"),
        ("of: of the zip", 'of: "of {name}"', "another variable"),
        ("id: part", "id: zip", "twice zip"),
        ("[lid, strap]", '["lid*", strap]', "without"),
        ('"{first} and {second}"', '"{first}"', "join needs"),
        ("quality:", "beauty:", "beauty"),
        ("id: zip,", "id: zip, stars: 1,", "stars"),
        ("language: en", "language: de", "says it is for de"),
    ],
)
def test_wrong_topics_are_refused_with_their_reason(tmp_path: Path, old: str, new: str, reason: str) -> None:
    with pytest.raises(PromptError, match=reason):
        with_topics(tmp_path, TOPICS.replace(old, new, 1)).topics("en")


def test_a_language_may_have_no_topics(tmp_path: Path) -> None:
    assert library(tmp_path).topics("en") is None


def test_a_sentence_uses_only_forms_that_its_language_has(tmp_path: Path) -> None:
    naming = GOOD.replace("Thank you for “{detail}”.", "Thank you for word {topic_of}.")
    used = with_topics(tmp_path / "1", TOPICS, quality=naming).templates("en", "quality").public
    assert used is not None
    with pytest.raises(PromptError, match="topic_to"):
        with_topics(tmp_path / "2", TOPICS, quality=naming.replace("topic_of", "topic_to")).templates("en", "quality")
    with pytest.raises(PromptError, match="topic_of"):
        library(tmp_path / "3", quality=naming).templates("en", "quality")


def test_the_hash_follows_the_topics(tmp_path: Path) -> None:
    one = with_topics(tmp_path / "1", TOPICS).hash_of("en", "quality")
    other = with_topics(tmp_path / "2", TOPICS.replace("the zip", "the zipper")).hash_of("en", "quality")
    assert len({one, other, library(tmp_path / "3").hash_of("en", "quality")}) == 3
