"""The doctor says of each model how it is asked and whether its key is there, and tries it out on request."""

from pathlib import Path

import pytest

from drafter.commands.model_checks import models
from drafter.settings import Settings, load_settings
from drafter.testing import ModelServer
from drafter.testing.chat import Answer, ChatRequest, called, said

KEY = "sk-the-key-that-nobody-may-see"

FILE = """
["openai:priced"]
mode = "MODE"
base_url = "URL"
api_key_env = "PRICED_KEY"
usd_per_million_in = 1.0
usd_per_million_out = 4.0
"""


def greeting(request: ChatRequest) -> Answer:
    text = '{"public_reply": "Hello."}'
    if request.tool:
        return called(request, text)
    return said(request, text if request.wants_json else "Hello.")


def settings(folder: Path, url: str, *, mode: str = "json_schema", **more: object) -> Settings:
    file = folder / "models.toml"
    file.write_text(FILE.replace("URL", url).replace("MODE", mode), encoding="utf-8")
    return load_settings(_env_file=None, model="openai:priced", models_file=file, **more)


def test_each_model_is_described_without_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRICED_KEY", KEY)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "https://somebody:password@models.example.com/v1")
    own = settings(tmp_path, "http://127.0.0.1:8080/v1", fallback_models="openai:other")
    first, second = models(own, ask=False)
    assert (first.part, first.state) == ("model openai:priced", "ok")
    for word in ("mode json_schema", "server 127.0.0.1:8080", "key PRICED_KEY is set", "price known"):
        assert word in first.detail
    assert (second.part, second.state) == ("model openai:other", "ok")
    for word in ("mode function_calling", "server models.example.com", "OPENAI_API_KEY is set", "price not known"):
        assert word in second.detail
    assert KEY not in first.detail + second.detail
    assert "password" not in second.detail


def test_a_key_that_is_not_there_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PRICED_KEY", raising=False)
    [check] = models(settings(tmp_path, "http://127.0.0.1:8080/v1"), ask=False)
    assert check.state == "missing"
    assert "set PRICED_KEY" in check.detail


def test_settings_that_cannot_be_used_are_told() -> None:
    [check] = models(load_settings(_env_file=None, model="my-model"), ask=False)
    assert check.state == "missing"
    assert "openai:my-model" in check.detail


def test_without_a_model_there_is_none_to_ask() -> None:
    assert models(load_settings(_env_file=None, model=None), ask=False) == []
    [check] = models(load_settings(_env_file=None, model=None), ask=True)
    assert "DRAFTER_MODEL" in check.detail


@pytest.mark.parametrize("mode", ["function_calling", "json_schema", "json_mode", "text"])
def test_a_model_is_tried_out_in_its_own_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setenv("PRICED_KEY", KEY)
    with ModelServer(greeting) as scripted:
        _, answer = models(settings(tmp_path, scripted.url, mode=mode), ask=True)
    assert (answer.part, answer.state) == ("answer of openai:priced", "ok")
    for word in ("came after", "tokens in", "US dollars"):
        assert word in answer.detail
    assert len(scripted.requests) == 1


def test_a_model_that_fails_is_told_in_the_words_of_a_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRICED_KEY", KEY)
    with ModelServer("wrong_key") as scripted:
        _, answer = models(settings(tmp_path, scripted.url), ask=True)
    assert answer.state == "missing"
    assert answer.detail == "openai:priced: the key was refused: look at PRICED_KEY."
