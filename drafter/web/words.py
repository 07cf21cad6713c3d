"""The words that the pages use for the closed sets of the domain; the words themselves are in `words.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files

from drafter.domain.yaml_files import parsed

Words = Mapping[str, Mapping[str, str]]


def load_words() -> Words:
    """Return the groups of words, by the value that each stands for."""
    loaded: Words = parsed(files("drafter.web").joinpath("words.yaml").read_text(encoding="utf-8"))
    return loaded


def speaker(words: Words) -> Callable[[str, str], str]:
    """Return `say(group, value)`; a value without a word of its own (a warning's name, a fact's key) is spelled out."""

    def say(group: str, value: str) -> str:
        word = words[group].get(value)
        return str(value).replace("_", " ").capitalize() if word is None else word

    return say
