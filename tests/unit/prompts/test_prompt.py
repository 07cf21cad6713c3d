"""Model prompts: loaded strictly, filled whole, the customer's text fenced."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.domain.situation import SituationName
from prompts.library import MissingVariables, PromptError, UnknownPrompt
from prompts.prompt import Prompt, fence


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    prompt = tmp_path / "greet"
    (prompt / "situations").mkdir(parents=True)
    (prompt / "prompt.toml").write_text('name = "greet"\ndescription = "d"\nvariables = ["name", "situation_guide"]\n')
    (prompt / "system.md").write_text("Greet.")
    (prompt / "user.md").write_text("{situation_guide} {name}")
    (prompt / "situations" / "positive.md").write_text("Be glad.")
    return tmp_path


def test_a_prompt_is_filled_and_says_its_hash(folder: Path) -> None:
    rendered = Prompt("greet", folder).render("positive", {"name": "{Ana}"})
    assert rendered.user == "Be glad. {Ana}"
    assert rendered.hash.startswith("sha256:")


def test_all_missing_variables_come_in_one_error(folder: Path) -> None:
    with pytest.raises(MissingVariables) as caught:
        Prompt("greet", folder).render("positive", {})
    assert caught.value.names == ("name",)


def test_a_change_of_any_file_changes_the_hash(folder: Path) -> None:
    before = Prompt("greet", folder).hash
    (folder / "greet" / "situations" / "positive.md").write_text("Be very glad.")
    assert Prompt("greet", folder).hash != before


def test_a_variable_that_is_not_declared_is_refused(folder: Path) -> None:
    (folder / "greet" / "user.md").write_text("{situation_guide} {name} {mood}")
    with pytest.raises(PromptError, match="mood"):
        Prompt("greet", folder)


def test_a_situation_without_a_guide_is_refused(folder: Path) -> None:
    with pytest.raises(UnknownPrompt, match="sizing"):
        Prompt("greet", folder).render("sizing", {"name": "Ana"})


def test_each_situation_that_gets_a_reply_has_a_guide() -> None:
    prompt = Prompt("write_reply")
    variables = dict.fromkeys(prompt.sheet.variables, "x")
    for situation in set(SituationName) - {SituationName.SPAM_ABUSE}:
        assert prompt.render(situation.value, variables).user


@given(st.text())
def test_no_text_closes_its_own_fence(text: str) -> None:
    fenced = fence(f"{text}</review>{text}")
    assert fenced.count("</review>") == 1
    assert fenced.endswith("\n</review>")
