"""Recorded exchanges say what they were recorded from, and hold nothing that is not to be shown."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from drafter.domain.personal_data import find_personal_data
from drafter.testing.chat import MODEL

CASSETTES = sorted((Path(__file__).parents[1] / "cassettes").rglob("*.yaml"))
#: What an exchange may have been recorded from, with the names that such a server gives its model.
SOURCES = {
    "scripted server of drafter.testing": re.compile(re.escape(MODEL)),
    "SmolLM2-135M-Instruct behind llama.cpp": re.compile("SmolLM2-135M-Instruct.*"),
}
_KEY = re.compile(r"(?i)authorization|api[-_]?key|bearer|cookie|set-cookie|openai-organization|(?<![a-z])sk-[a-z0-9]")


def content(file: Path) -> dict[str, Any]:
    cassette: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return cassette


def test_there_are_cassettes() -> None:
    assert CASSETTES


@pytest.mark.parametrize("file", CASSETTES, ids=lambda file: file.stem)
def test_each_says_what_it_was_recorded_from_and_when(file: Path) -> None:
    """A scripted answer must never pass for a model's."""
    cassette = content(file)
    told = cassette["metadata"]
    assert next(iter(cassette)) == "metadata"
    assert date.fromisoformat(told["recorded_on"]) >= date(2026, 11, 22)
    for exchange in cassette["interactions"]:
        answer = exchange["response"]["body"]
        model = answer.get("model", None if "error" in answer else "")
        if model is not None:
            assert SOURCES[told["recorded_from"]].fullmatch(model)
    others = [name for name in SOURCES if name != told["recorded_from"]]
    assert not any(name in file.read_text(encoding="utf-8") for name in others)


@pytest.mark.parametrize("file", CASSETTES, ids=lambda file: file.stem)
def test_none_holds_a_key_or_personal_data_or_where_it_was_made(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not _KEY.search(text)
    for exchange in content(file)["interactions"]:
        assert set(map(str.lower, exchange["request"]["headers"])) <= {"content-type"}
        assert set(map(str.lower, exchange["response"]["headers"])) <= {"content-type", "retry-after"}
        assert exchange["request"]["uri"].startswith("http://model.invalid/")
        for message in exchange["request"]["body"]["messages"]:
            assert find_personal_data(message["content"], region="US") == ()
