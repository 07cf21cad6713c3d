"""Models, their order and their options, from settings and a file."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from drafter.domain.errors import Misconfigured
from drafter.llm.options import ModelOptions, load_models
from drafter.settings import Settings, load_settings

FILE = """
["openai:small"]
mode = "json_schema"
base_url = "http://127.0.0.1:8080/v1"
api_key_env = "SMALL_KEY"
usd_per_million_in = 0.25
usd_per_million_out = 2
temperature = 0.3
max_answer_tokens = 400
call_seconds = 12
concurrency = 2
"""


def settings(**changes: object) -> Settings:
    return load_settings(_env_file=None, **changes)


def written(folder: Path, text: str) -> Path:
    file = folder / "models.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_no_model_is_none() -> None:
    assert load_models(settings()) == ()


def test_an_empty_setting_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DRAFTER_MODEL", "DRAFTER_FALLBACK_MODELS", "DRAFTER_MODELS_FILE"):
        monkeypatch.setenv(name, "")
    assert load_models(settings()) == ()


def test_the_model_comes_first_and_its_stand_ins_follow_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAFTER_MODEL", "openai:b")
    monkeypatch.setenv("DRAFTER_FALLBACK_MODELS", " openai:c, anthropic:a ,,openai:b,openai:c")
    assert [model.name for model in load_models(settings())] == ["openai:b", "openai:c", "anthropic:a"]


def test_settings_hold_for_all_and_a_table_of_the_file_for_one(tmp_path: Path) -> None:
    small, other = load_models(
        settings(
            model="openai:small",
            fallback_models=("openai:other",),
            models_file=written(tmp_path, FILE),
            model_mode="text",
            model_concurrency=5,
        )
    )
    assert small == ModelOptions(
        name="openai:small",
        mode="json_schema",
        base_url="http://127.0.0.1:8080/v1",
        api_key_env="SMALL_KEY",
        usd_per_million_in=0.25,
        usd_per_million_out=2.0,
        temperature=0.3,
        max_answer_tokens=400,
        call_seconds=12.0,
        concurrency=2,
    )
    assert other == ModelOptions(name="openai:other", mode="text", concurrency=5)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": "my-model"}, ("DRAFTER_MODEL", "openai:my-model")),
        ({"model": "openai:"}, ("DRAFTER_MODEL", "provider:name")),
        ({"model": "openai:a", "fallback_models": "b"}, ("DRAFTER_FALLBACK_MODELS", "openai:b")),
        ({"fallback_models": "openai:b"}, ("DRAFTER_FALLBACK_MODELS", "set DRAFTER_MODEL")),
        (
            {"model": "openai:a", "models_file": "/nowhere/models.toml"},
            ("DRAFTER_MODELS_FILE=/nowhere", "FileNotFound"),
        ),
        ({"model_mode": "tools"}, ("DRAFTER_MODEL_MODE", "json_schema")),
        ({"model_concurrency": 0}, ("DRAFTER_MODEL_CONCURRENCY", "greater than or equal to 1")),
    ],
)
def test_what_cannot_be_used_is_told_with_its_setting(changes: dict[str, object], words: tuple[str, ...]) -> None:
    with pytest.raises(Misconfigured) as caught:
        load_models(settings(**changes))
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[openai:small]\nmode = 'text'", ("not TOML", "quotes")),
        ("mode = 'text'", ("'mode' is not a model's table",)),
        ("['openai:small']\nname = 'x'", ("its name stands nowhere else",)),
        ("['openai:small']\nprice = 3", ("openai:small.price", "there is no such option")),
        ("['openai:small']\nmode = 'tools'", ("openai:small.mode", "json_schema")),
        ("['openai:small']\nusd_per_million_in = 3", ("openai:small", "both prices")),
        ("['openai:small']\nusd_per_million_in = nan\nusd_per_million_out = 1", ("usd_per_million_in", "finite")),
        ("['openai:small']\nbase_url = '127.0.0.1:80'", ("openai:small.base_url", "http://")),
        ("['openai:unused']\ncall_seconds = 0", ("openai:unused.call_seconds", "greater than 0")),
        ("['small']\nmode = 'text'", ("small.name", "openai:small")),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_the_key(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    file = written(tmp_path, text)
    with pytest.raises(Misconfigured) as caught:
        load_models(settings(model="openai:a", models_file=file))
    for word in (f"DRAFTER_MODELS_FILE={file}", *words):
        assert word in str(caught.value)


def test_a_key_in_place_of_its_variables_name_is_refused_and_not_repeated(tmp_path: Path) -> None:
    file = written(tmp_path, "['openai:a']\napi_key_env = 'sk-very-secret'")
    with pytest.raises(Misconfigured, match="NAME of the environment variable") as caught:
        load_models(settings(model="openai:a", models_file=file))
    assert "sk-very-secret" not in str(caught.value)
    with pytest.raises(ValidationError) as raw:
        ModelOptions(name="openai:a", api_key_env="sk-very-secret")
    assert "sk-very-secret" not in str(raw.value)


@pytest.mark.parametrize(
    ("changes", "drafts"),
    [
        ({}, 2),
        ({"model": "openai:a"}, 8),
        ({"model": "openai:a", "writer": "template"}, 8),  # it still reads
        ({"model": "openai:a", "writer": "template", "reader": "embedding"}, 2),
        ({"reader_model": "openai:a"}, 8),
        ({"reader_model": "openai:a", "reader": "embedding"}, 2),
        ({"model": "openai:a", "workers": 3}, 3),
        ({"workers": 1}, 1),
    ],
)
def test_more_drafts_at_once_where_a_model_is_waited_for(changes: dict[str, object], drafts: int) -> None:
    assert settings(**changes).drafts_at_once == drafts


def test_the_example_shows_every_option() -> None:
    """What the README sends people to can be used as it is."""
    file = Path(__file__).parents[3] / "models.example.toml"
    names = "openai:my-own-server,azure_openai:my-deployment"
    models = load_models(settings(model="openai:gpt-5-mini", fallback_models=names, models_file=file))
    shown = {name for model in models for name in model.model_fields_set}
    assert shown == set(ModelOptions.model_fields)
