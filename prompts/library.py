"""The library: templates, topics and word lists by name, read once, refused when anything in them is unknown.

Files are data: `templates/<language>/<situation>.yaml`, `templates/<language>/common.yaml`, `topics/<language>.yaml`,
`points/<language>.yaml`, `retelling/<language>.yaml` and `words/<name>.yaml`.
"""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import ValidationError

from prompts.filling import MissingVariables, PromptError, UnknownPrompt, content_hash, render, variables_of
from prompts.records import (
    Common,
    File,
    Greeting,
    Manner,
    Message,
    PointFrames,
    PrivateLine,
    Reply,
    Templates,
    Topic,
    TopicGroup,
    Topics,
    WordList,
    is_topic,
)
from prompts.reporting import Point, Points, Retelling, VerbLast

__all__ = [
    "Common",
    "Greeting",
    "Library",
    "Manner",
    "Message",
    "MissingVariables",
    "Point",
    "PointFrames",
    "Points",
    "PrivateLine",
    "PromptError",
    "Reply",
    "Retelling",
    "Templates",
    "Topic",
    "TopicGroup",
    "Topics",
    "UnknownPrompt",
    "VerbLast",
    "WordList",
    "content_hash",
    "render",
    "variables_of",
]


if TYPE_CHECKING:
    _SafeLoader = yaml.SafeLoader
else:  # about seven times as fast where PyYAML was built with libyaml
    _SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_SafeLoader):
    """Refuses a key that stands twice; YAML would keep the last and lose the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


_Model = TypeVar("_Model", bound=File)
_Spoken = TypeVar("_Spoken", Topics, Points, Retelling)


class Library:
    """Loads each file once; safe to share between threads, since a second load gives an equal record."""

    def __init__(self, root: Traversable | None = None) -> None:
        self._root = root if root is not None else files("prompts")
        self._loaded: dict[str, tuple[File, str]] = {}
        self._examined: set[str] = set()  # files whose sentences name topics in forms that there are

    def languages(self) -> tuple[str, ...]:
        """Return the languages that have templates, in alphabetical order."""
        folders = self._root.joinpath("templates").iterdir()
        return tuple(sorted(folder.name for folder in folders if folder.joinpath("common.yaml").is_file()))

    def situations(self, language: str) -> tuple[str, ...]:
        """Return the situations that have templates in a language."""
        names = [file.name for file in self._root.joinpath("templates", language).iterdir()]
        stems = (name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))
        return tuple(sorted(stem for stem in stems if stem != "common"))

    def has(self, language: str, situation: str) -> bool:
        """Whether there are templates for a situation in a language."""
        return self._root.joinpath(f"templates/{language}/{situation}.yaml").is_file()

    def templates(self, language: str, situation: str) -> Templates:
        """Return the wordings for a situation. Raises PromptError."""
        name = f"templates/{language}/{situation}"
        templates = self._load(name, Templates)[0]
        if (templates.language, templates.situation) != (language, situation):
            raise PromptError(f"{name}: says it is for {templates.language}/{templates.situation}.")
        self._refuse_unknown_forms(name, templates, language)
        return templates

    def common(self, language: str) -> Common:
        """Return what all situations of a language share. Raises PromptError."""
        common = self._load(f"templates/{language}/common", Common)[0]
        if common.language != language:
            raise PromptError(f"templates/{language}/common: says it is for {common.language}.")
        self._refuse_unknown_forms(f"templates/{language}/common", common, language)
        return common

    def topics(self, language: str) -> Topics | None:
        """Return the topics that replies of a language can name, or None where it has none. Raises PromptError."""
        return self._of_language("topics", language, Topics)

    def points(self, language: str) -> Points | None:
        """Return the points that replies of a language can repeat, or None where it has none. Raises PromptError."""
        return self._of_language("points", language, Points)

    def retelling(self, language: str) -> Retelling | None:
        """Return how replies of a language retell a clause, or None where it does not say. Raises PromptError."""
        return self._of_language("retelling", language, Retelling)

    def words(self, name: str) -> WordList:
        """Return a word list. Raises PromptError."""
        return self._load(f"words/{name}", WordList)[0]

    def hash_of(self, language: str, situation: str) -> str:
        """Return the hash of all that a draft of this situation is made from."""
        own = self._load(f"templates/{language}/{situation}", Templates)[1]
        parts = [own, self._load(f"templates/{language}/common", Common)[1]]
        if self.topics(language) is not None:
            parts.append(self._load(f"topics/{language}", Topics)[1])
        if self.points(language) is not None:
            parts.append(self._load(f"points/{language}", Points)[1])
        if self.retelling(language) is not None:
            parts.append(self._load(f"retelling/{language}", Retelling)[1])
        return content_hash(parts)

    def _of_language(self, folder: str, language: str, model: type[_Spoken]) -> _Spoken | None:
        name = f"{folder}/{language}"
        if not self._root.joinpath(f"{name}.yaml").is_file():
            return None
        file = self._load(name, model)[0]
        if file.language != language:
            raise PromptError(f"{name}: says it is for {file.language}.")
        return file

    def _refuse_unknown_forms(self, name: str, file: File, language: str) -> None:
        """Raise PromptError where a sentence names a topic in a form that the language's topics do not have."""
        if name in self._examined:
            return
        used = {variable for text in file.texts() for variable in variables_of(text) if is_topic(variable)}
        topics = self.topics(language) if used else None
        if unknown := used - (topics.variables() if topics else frozenset()):
            raise PromptError(f"{name}: the topics of {language} have no {', '.join(sorted(unknown))}.")
        self._examined.add(name)

    def _load(self, name: str, model: type[_Model]) -> tuple[_Model, str]:
        if name not in self._loaded:
            content = self._read(name)
            try:
                self._loaded[name] = (model.model_validate(content), content_hash(content))
            except ValidationError as error:
                faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
                raise PromptError(f"{name}: " + "; ".join(faults)) from None
        record, tag = self._loaded[name]
        assert isinstance(record, model)  # noqa: S101  # a name has one kind of file
        return record, tag

    def _read(self, name: str) -> object:
        file = self._root.joinpath(f"{name}.yaml")
        if not file.is_file():
            raise UnknownPrompt(f"There is no {name}.yaml.")
        try:
            return yaml.load(file.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506  # a safe loader
        except yaml.YAMLError as error:
            raise PromptError(f"{name}: {error}") from None
