"""Model prompts: a folder each, with what the model is told, what it is shown, and which variables it takes.

<name>/prompt.toml     name, description, variables
<name>/system.md       what the model is told; the same for every case, so that a provider can cache it
<name>/user.md         the case, the review last, fenced
<name>/situations/     one text for each situation, filled in as `situation_guide`
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from pydantic import BaseModel, ConfigDict, ValidationError

from prompts.library import MissingVariables, PromptError, UnknownPrompt, content_hash, render, variables_of


class PromptSheet(BaseModel):
    """`prompt.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    description: str
    variables: tuple[str, ...]  # all that the texts use; one that they do not use is refused too


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
            self.sheet = PromptSheet.model_validate(tomllib.loads(_text(folder, "prompt.toml")))
        except (tomllib.TOMLDecodeError, ValidationError) as error:
            raise PromptError(f"{name}/prompt.toml: {error}") from None
        self._system = _text(folder, "system.md")
        self._user = _text(folder, "user.md")
        self._guides = {
            file.name.removesuffix(".md"): _text(folder, f"situations/{file.name}")
            for file in sorted(folder.joinpath("situations").iterdir(), key=lambda file: file.name)
        }
        self._check(name)
        self.hash = content_hash([self.sheet.model_dump(), self._system, self._user, self._guides])

    def render(self, situation: str, variables: Mapping[str, str]) -> Rendered:
        """Return the prompt for a situation.

        Raises:
            UnknownPrompt: there is no guide for the situation.
            MissingVariables: with all that are missing.
        """
        if situation not in self._guides:
            raise UnknownPrompt(f"{self.sheet.name}: there is no situations/{situation}.md.")
        filled = {**variables, "situation_guide": self._guides[situation]}
        missing = set(self.sheet.variables) - filled.keys()
        if missing:
            raise MissingVariables(self.sheet.name, missing)
        return Rendered(system=self._system, user=render(self._user, filled), hash=self.hash)

    def _check(self, name: str) -> None:
        used = variables_of(self._user)
        if self.sheet.name != name:
            raise PromptError(f"{name}/prompt.toml says that it is {self.sheet.name}.")
        if used != set(self.sheet.variables):
            odd = ", ".join(sorted(used ^ set(self.sheet.variables)))
            raise PromptError(f"{name}: user.md and the variables of prompt.toml differ in {odd}.")


def fence(text: str, mark: str = "review") -> str:
    """Return a customer's text between marks that it cannot close itself.

    Invisible and control characters are left out, and angle brackets become look-alikes, so that nothing in the text
    reads as one of our marks.
    """
    visible = "".join(char for char in text if char.isprintable() or char in "\n\t")
    return f"<{mark}>\n{visible.replace('<', '‹').replace('>', '›')}\n</{mark}>"


def _text(folder: Traversable, name: str) -> str:
    file = folder.joinpath(name)
    if not file.is_file():
        raise UnknownPrompt(f"{folder.name}: there is no {name}.")
    return file.read_text(encoding="utf-8").strip()
