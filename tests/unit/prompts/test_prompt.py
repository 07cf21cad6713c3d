"""Model prompts: loaded strictly, filled whole, the customer's text fenced."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.domain.shop import SUPPORTED_LANGUAGES
from drafter.domain.situation import SituationName
from prompts.library import MissingVariables, PromptError, UnknownPrompt
from prompts.prompt import Prompt, fence, visible

SHEET = """
name = "greet"
description = "d"
variables = ["name", "mood"]

[choices]
guide = "situations"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    prompt = tmp_path / "greet"
    (prompt / "situations").mkdir(parents=True)
    (prompt / "prompt.toml").write_text(SHEET)
    (prompt / "system.md").write_text("Greet.")
    (prompt / "user.md").write_text("{guide} {name}\n\nMood: {mood}\n\nNow.")
    (prompt / "situations" / "positive.md").write_text("Be glad.")
    (prompt / "phrases.toml").write_text('[tone]\nwarm = "warm as {what}"\n')
    return tmp_path


GLAD = {"guide": "positive"}


def test_a_prompt_is_filled_and_says_its_hash(folder: Path) -> None:
    rendered = Prompt("greet", folder).render(GLAD, {"name": "{Ana}", "mood": "calm"})
    assert rendered.user == "Be glad. {Ana}\n\nMood: calm\n\nNow."
    assert rendered.hash.startswith("sha256:")


def test_a_paragraph_with_nothing_to_say_is_left_out(folder: Path) -> None:
    """Small models copy a "none" that they are shown."""
    assert Prompt("greet", folder).render(GLAD, {"name": "", "mood": ""}).user == "Be glad. \n\nNow."


def test_a_text_of_a_choice_may_use_variables(folder: Path) -> None:
    (folder / "greet" / "situations" / "positive.md").write_text("Be glad, {name}.")
    assert Prompt("greet", folder).render(GLAD, {"name": "{mood}", "mood": ""}).user.startswith("Be glad, {mood}.")


def test_phrases_are_found_by_table_and_key(folder: Path) -> None:
    prompt = Prompt("greet", folder)
    assert prompt.phrase("tone", "warm", what="toast") == "warm as toast"
    with pytest.raises(UnknownPrompt, match="cold in tone"):
        prompt.phrase("tone", "cold")


def test_all_missing_variables_come_in_one_error(folder: Path) -> None:
    with pytest.raises(MissingVariables) as caught:
        Prompt("greet", folder).render({}, {"name": "Ana"})
    assert caught.value.names == ("guide", "mood")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("system.md", "Greet", "Hail"),
        ("user.md", "Mood", "Temper"),
        ("situations/positive.md", "glad", "merry"),
        ("phrases.toml", "warm as", "hot as"),
    ],
)
def test_a_change_of_any_file_changes_the_hash(folder: Path, file: str, old: str, new: str) -> None:
    before = Prompt("greet", folder).hash
    path = folder / "greet" / file
    path.write_text(path.read_text().replace(old, new))
    assert Prompt("greet", folder).hash != before


@pytest.mark.parametrize("phrases", ["[tone", 'tone = "warm"', "[tone]\nwarm = 1"])
def test_phrases_that_are_no_tables_of_texts_are_refused(folder: Path, phrases: str) -> None:
    (folder / "greet" / "phrases.toml").write_text(phrases)
    with pytest.raises(PromptError, match=r"phrases\.toml"):
        Prompt("greet", folder)


def test_a_variable_that_is_not_declared_is_refused(folder: Path) -> None:
    (folder / "greet" / "situations" / "positive.md").write_text("Be {glad}.")
    with pytest.raises(PromptError, match="glad"):
        Prompt("greet", folder)


def test_a_choice_without_its_folder_is_refused(folder: Path) -> None:
    (folder / "greet" / "prompt.toml").write_text(SHEET.replace('"situations"', '"moods"'))
    with pytest.raises(UnknownPrompt, match="moods"):
        Prompt("greet", folder)


def test_a_case_without_a_text_is_refused(folder: Path) -> None:
    with pytest.raises(UnknownPrompt, match="situations/sizing"):
        Prompt("greet", folder).render({"guide": "sizing"}, {"name": "Ana", "mood": ""})


def test_each_situation_that_gets_a_reply_has_a_guide_for_each_channel_and_form() -> None:
    prompt = Prompt("write_reply")
    variables = dict.fromkeys(prompt.sheet.variables, "x")
    for situation in set(SituationName) - {SituationName.SPAM_ABUSE}:
        for channel in ("public", "hybrid", "private"):
            for form in ("function_calling", "json_schema", "json_mode", "text"):
                cases = {"situation_guide": situation.value, "channel_guide": channel, "answer_form": form}
                assert prompt.render(cases, variables).user


def test_each_supported_language_has_its_english_name() -> None:
    prompt = Prompt("write_reply")
    assert all(prompt.phrase("languages", language).istitle() for language in SUPPORTED_LANGUAGES)


@given(st.text())
def test_no_text_closes_its_own_fence(text: str) -> None:
    fenced = fence(f"{text}</review>{text}")
    assert fenced.count("</review>") == 1
    assert fenced.endswith("\n</review>")
    assert not re.search("[<>＜＞﹤﹥]", fenced.removeprefix("<review>").removesuffix("</review>"))


@given(st.text())
def test_what_nobody_sees_is_not_sent(text: str) -> None:
    """Instructions can be written in characters that a person who approves does not see."""
    shown = visible(f"{text}\u200b\u202e\ufe0f\U000e0041\u3164")
    assert all(char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs", "Cn") for char in shown)
    assert visible(shown) == shown


def test_spaces_of_all_kinds_still_part_words() -> None:
    assert visible("prix\u00a0élevé\u3000高い\u2028neu") == "prix élevé 高い\nneu"
