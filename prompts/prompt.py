"""Model prompts: a folder each, with what the model is told, what it is shown, and which variables it takes.

<name>/prompt.toml     name, description, variables, and the choices: which folder of texts fills which variable
<name>/system.md       what the model is told; the same for every case, so that a provider can cache it
<name>/user.md         the case, the customer's text last, fenced; paragraphs whose variables are all empty are left out
<name>/<choice>/       one text for each case of a choice; it may use variables
<name>/phrases.toml    optional: short phrases, by table and key, by which the caller tells a value
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from prompts.library import MissingVariables, PromptError, UnknownPrompt, content_hash, render, variables_of

PHRASES = "phrases.toml"


class PromptSheet(BaseModel):
    """`prompt.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    description: str
    variables: tuple[str, ...]  # all that the texts use; one that they do not use is refused too
    choices: Mapping[str, str] = {}  # variable to the folder that has a text for each case


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A prompt filled in, with the hash of the files that it was made from."""

    system: str
    user: str
    hash: str


class Prompt:
    """A prompt by its folder's name; loading it checks it whole."""

    def __init__(self, name: str, root: Traversable | None = None) -> None:
        folder = (root if root is not None else files("prompts")).joinpath(name)
        try:
            self.sheet = PromptSheet.model_validate(_toml(folder, "prompt.toml"))
        except ValidationError as error:
            raise PromptError(f"{name}/prompt.toml: {error}") from None
        self._system = _text(folder, "system.md")
        self._user = _text(folder, "user.md")
        self._choices = {variable: _texts(folder, choice) for variable, choice in self.sheet.choices.items()}
        self._phrases = _phrases(folder)
        self._check(name)
        self.hash = content_hash(
            [self.sheet.model_dump(), self._system, self._user, self._choices, self._phrases],
        )

    def render(self, cases: Mapping[str, str], variables: Mapping[str, str]) -> Rendered:
        """Return the prompt, filled in.

        Args:
            cases: for each choice (by its variable) the case whose text is taken.
            variables: all others; values are never read as templates.

        Raises:
            UnknownPrompt: there is no text for a case.
            MissingVariables: with all that are missing.
        """
        missing = set(self.sheet.variables) - variables.keys() | self.sheet.choices.keys() - cases.keys()
        if missing:
            raise MissingVariables(self.sheet.name, missing)
        chosen = {variable: render(self._chosen(variable, case), variables) for variable, case in cases.items()}
        filled = {**variables, **chosen}
        paragraphs = (paragraph for paragraph in self._user.split("\n\n") if _says_something(paragraph, filled))
        user = "\n\n".join(render(paragraph, filled) for paragraph in paragraphs)
        return Rendered(system=render(self._system, filled), user=user, hash=self.hash)

    def phrase(self, table: str, key: str, **variables: str) -> str:
        """Return a phrase, filled in. Raises PromptError."""
        if key not in self._phrases.get(table, {}):
            raise UnknownPrompt(f"{self.sheet.name}/{PHRASES}: there is no {key} in {table}.")
        return render(self._phrases[table][key], variables)

    def _chosen(self, variable: str, case: str) -> str:
        texts = self._choices.get(variable, {})
        if case not in texts:
            raise UnknownPrompt(
                f"{self.sheet.name}: there is no {self.sheet.choices.get(variable, variable)}/{case}.md."
            )
        return texts[case]

    def _check(self, name: str) -> None:
        if self.sheet.name != name:
            raise PromptError(f"{name}/prompt.toml says that it is {self.sheet.name}.")
        texts = [self._system, self._user, *(text for texts in self._choices.values() for text in texts.values())]
        used = frozenset[str]().union(*map(variables_of, texts))
        declared = {*self.sheet.variables, *self.sheet.choices}
        if used != declared:
            odd = ", ".join(sorted(used ^ declared))
            raise PromptError(f"{name}: the texts and the variables of prompt.toml differ in {odd}.")


def visible(text: str) -> str:
    """Return what a reader sees of a text, so that nothing else reaches a model.

    Characters that show nothing are left out: controls, joiners, direction and variation marks, tags, fillers. Spaces
    of all kinds become plain ones. Angle brackets of all kinds become look-alikes, so that nothing reads as a fence.
    """
    return "".join(map(_seen, text))


def fence(text: str, mark: str = "review") -> str:
    """Return a text that is not ours between marks that it cannot close itself."""
    return f"<{mark}>\n{visible(text)}\n</{mark}>"


_BRACKETS = {**dict.fromkeys("<＜﹤〈⟨《", "‹"), **dict.fromkeys(">＞﹥〉⟩》", "›")}
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5")  # letters and signs that show nothing


def _seen(char: str) -> str:
    if char in "\n\t" or (char.isascii() and char.isprintable() and char not in "<>"):
        return char
    if char in _BRACKETS:
        return _BRACKETS[char]
    category = unicodedata.category(char)
    if category in ("Zl", "Zp") or char in "\r\x0b\x0c\x85":
        return "\n"
    if category == "Zs":
        return " "
    hidden = category[0] == "C" or char in _BLANK_LETTERS or "\ufe00" <= char <= "\ufe0f" or char >= "\U000e0000"
    return "" if hidden else char


def _says_something(paragraph: str, filled: Mapping[str, str]) -> bool:
    used = variables_of(paragraph)
    return not used or any(filled[name] for name in used)


def _phrases(folder: Traversable) -> dict[str, dict[str, str]]:
    if not folder.joinpath(PHRASES).is_file():
        return {}
    tables = _toml(folder, PHRASES)
    for table, phrases in tables.items():
        if not isinstance(phrases, dict) or not all(isinstance(phrase, str) for phrase in phrases.values()):
            raise PromptError(f"{folder.name}/{PHRASES}: {table} is not a table of texts.")
    return tables


def _texts(folder: Traversable, choice: str) -> dict[str, str]:
    if not folder.joinpath(choice).is_dir():
        raise UnknownPrompt(f"{folder.name}: there is no {choice}/.")
    names = sorted(file.name for file in folder.joinpath(choice).iterdir() if file.name.endswith(".md"))
    return {name.removesuffix(".md"): _text(folder, f"{choice}/{name}") for name in names}


def _toml(folder: Traversable, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(folder, name))
    except tomllib.TOMLDecodeError as error:
        raise PromptError(f"{folder.name}/{name}: {error}") from None


def _text(folder: Traversable, name: str) -> str:
    file = folder.joinpath(name)
    if not file.is_file():
        raise UnknownPrompt(f"{folder.name}: there is no {name}.")
    return file.read_text(encoding="utf-8").strip()
