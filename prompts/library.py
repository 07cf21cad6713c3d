"""The library: templates and word lists by name, read once, refused when anything in them is unknown.

Files are data: `templates/<language>/<situation>.yaml`, `templates/<language>/common.yaml` and `words/<name>.yaml`.
"""

from __future__ import annotations

import hashlib
import json
import string
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError


class PromptError(Exception):
    """A prompt or template cannot be used; the message names the file and what is wrong with it."""


class UnknownPrompt(PromptError):
    """No file of that name."""


class MissingVariables(PromptError):
    """A text needs variables that were not given; `names` holds all of them."""

    def __init__(self, text: str, names: Iterable[str]) -> None:
        self.names = tuple(sorted(names))
        super().__init__(f"The text {text!r} needs: {', '.join(self.names)}.")


@lru_cache(maxsize=8192)  # there are some thousand texts, each asked for with every draft
def variables_of(text: str) -> frozenset[str]:
    """Return the names of the variables of a text.

    Raises:
        ValueError: a brace stands alone, or a variable is more than a plain name.
    """
    names: set[str] = set()
    for _, name, form, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError(f"{{{name}}} is not a plain variable")
        names.add(name)
    return frozenset(names)


def render(text: str, variables: Mapping[str, str]) -> str:
    """Return the text with its variables filled in; values are never read as templates.

    Raises:
        MissingVariables: with all that are missing.
    """
    missing = variables_of(text) - variables.keys()
    if missing:
        raise MissingVariables(text, missing)
    return text.format_map(dict(variables))


def content_hash(content: object) -> str:
    """Return `sha256:...` of the canonical form: JSON with sorted keys, so that layout and comments do not count."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _allows(*names: str) -> AfterValidator:
    def check(text: str) -> str:
        unknown = variables_of(text) - set(names)
        if unknown:
            raise ValueError(f"unknown variables: {', '.join(sorted(unknown))}")
        return text

    return AfterValidator(check)


Entry = Annotated[str, Field(min_length=1), _allows("product", "detail")]
Entries = Annotated[tuple[Entry, ...], Field(min_length=1)]
Plain = Annotated[str, Field(min_length=1), _allows()]
PlainEntries = Annotated[tuple[Plain, ...], Field(min_length=1)]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reply(_File):
    """The slots of a public reply; each entry is one sentence."""

    acknowledge: Entries
    resolve: Entries
    invite: tuple[Entry, ...] = ()  # may be empty: the reply then has two sentences


class PrivateLine(_File):
    """The one neutral sentence that stands in public where the channel is private."""

    line: PlainEntries


class Message(_File):
    """The slots of a private message."""

    open: Entries
    ask: Entries
    close: Entries


class Templates(_File):
    """All wordings for one situation in one language."""

    language: str
    situation: str
    public: Reply | None = None
    hybrid: Reply | None = None
    private: PrivateLine | None = None
    message: Message | None = None


class Greeting(_File):
    """How a reply begins; no sentence."""

    with_name: Annotated[tuple[Annotated[str, _allows("name")], ...], Field(min_length=1)]
    without_name: Annotated[tuple[Annotated[str, _allows()], ...], Field(min_length=1)]


class Common(_File):
    """What all situations of a language share."""

    language: str
    greeting: Greeting
    also: Mapping[str, Entries]  # secondary situation to sentences that answer it
    policies: Mapping[str, Annotated[str, _allows("policy")]] = {}  # key of a fact to a sentence that cites it
    join: str = " "  # between sentences
    first_person: Mapping[str, str] = {}  # each word for "we" to the one for "I"; empty where verbs would change too
    keep_capital: tuple[str, ...] = ()  # first words that stay capital after a greeting that ends with a comma


class WordList(_File):
    """Words and phrases by language, for one purpose."""

    purpose: str
    words: Mapping[str, tuple[str, ...]]

    def of(self, language: str) -> tuple[str, ...]:
        """Return the words of a language with those that hold in `all`."""
        return (*self.words.get("all", ()), *self.words.get(language, ()))

    @property
    def every(self) -> tuple[str, ...]:
        """The words of all languages."""
        return tuple(word for words in self.words.values() for word in words)


class _StrictLoader(yaml.SafeLoader):
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


_Model = TypeVar("_Model", bound=_File)


class Library:
    """Loads each file once; safe to share between threads, since a second load gives an equal record."""

    def __init__(self, root: Traversable | None = None) -> None:
        self._root = root if root is not None else files("prompts")
        self._loaded: dict[str, tuple[_File, str]] = {}

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
        return templates

    def common(self, language: str) -> Common:
        """Return what all situations of a language share. Raises PromptError."""
        common = self._load(f"templates/{language}/common", Common)[0]
        if common.language != language:
            raise PromptError(f"templates/{language}/common: says it is for {common.language}.")
        return common

    def words(self, name: str) -> WordList:
        """Return a word list. Raises PromptError."""
        return self._load(f"words/{name}", WordList)[0]

    def hash_of(self, language: str, situation: str) -> str:
        """Return the hash of all that a draft of this situation is made from: its templates and the common file."""
        own = self._load(f"templates/{language}/{situation}", Templates)[1]
        common = self._load(f"templates/{language}/common", Common)[1]
        return content_hash([own, common])

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
