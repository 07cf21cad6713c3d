"""Models and their options: which are asked, in which order, how each is asked, and what it costs.

DRAFTER_MODEL is asked first (to read: DRAFTER_READER_MODEL, to judge: DRAFTER_JUDGE_MODEL), then
DRAFTER_FALLBACK_MODELS in their order.
DRAFTER_MODELS_FILE is a TOML file with a table for each model that needs more than its name:

    ["openai:my-model"]
    mode = "json_schema"
    base_url = "http://127.0.0.1:8080/v1"
    api_key_env = "MY_SERVER_KEY"
    usd_per_million_in = 0.25
    usd_per_million_out = 2.0
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from drafter.domain.errors import Misconfigured
from drafter.domain.record import Record
from drafter.settings import ModelMode, Settings

Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class ModelOptions(Record):
    """How one model is asked."""

    name: str  # provider:name
    mode: ModelMode = "function_calling"  # how it is asked for a structured answer; `text`: it is not
    base_url: str | None = None  # None: the provider's own, or what its environment variable says
    api_key_env: str | None = None  # name of the environment variable that holds the key; None: the provider's own
    api_version: str | None = None  # of Azure's API; None: what OPENAI_API_VERSION says
    usd_per_million_in: Price | None = None  # US dollars for a million tokens; None: not known
    usd_per_million_out: Price | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None  # None: the provider's own default
    max_answer_tokens: Annotated[int, Field(ge=1)] = 900
    call_seconds: Annotated[float, Field(gt=0, le=600)] = 30.0  # for one call, however slowly its answer drips in
    concurrency: Annotated[int, Field(ge=1)] = 8  # calls at the same time, of all processes of one database together
    requests_per_minute: Annotated[int, Field(ge=1)] | None = None  # of them all together, as the next; None: no limit
    tokens_per_minute: Annotated[int, Field(ge=1)] | None = None  # sent and received

    @field_validator("name")
    @classmethod
    def _with_its_provider(cls, name: str) -> str:
        provider, colon, model = name.partition(":")
        if not (provider and colon and model) or name != name.strip():
            raise ValueError(f"{name!r} has no provider: write provider:name, for example openai:{name.strip(': ')}")
        return name

    @field_validator("base_url")
    @classmethod
    def _an_address(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("write a whole address, for example http://127.0.0.1:8080/v1")
        return url

    @field_validator("api_key_env")
    @classmethod
    def _the_name_of_a_variable(cls, name: str | None) -> str | None:
        if name is not None and not name.isidentifier():  # and do not say what it is: it looks like the key itself
            raise ValueError("write the NAME of the environment variable that holds the key, not the key")
        return name

    @model_validator(mode="after")
    def _both_prices_or_none(self) -> Self:
        if (self.usd_per_million_in is None) != (self.usd_per_million_out is None):
            raise ValueError("give both prices, usd_per_million_in and usd_per_million_out, or none")
        return self

    @property
    def provider(self) -> str:
        """The provider's name, as LangChain calls it."""
        return self.name.partition(":")[0]

    @property
    def own_name(self) -> str:
        """The model's name, as its provider knows it."""
        return self.name.partition(":")[2]


def load_models(settings: Settings) -> tuple[ModelOptions, ...]:
    """Return the models in the order in which they are asked, each once; none where no model is set.

    Raises:
        Misconfigured: a name, the file or one of its keys cannot be used; the message names the setting.
    """
    if settings.model is None:
        if settings.fallback_models and settings.reader_model is None and settings.judge_model is None:
            raise Misconfigured("DRAFTER_FALLBACK_MODELS needs a model to stand in for: set DRAFTER_MODEL too.")
        return ()
    return _in_order(settings, {settings.model: "DRAFTER_MODEL"})


def load_reader_models(settings: Settings) -> tuple[ModelOptions, ...]:
    """Return the models that read, in the order in which they are asked; none where no model is to read.

    DRAFTER_READER_MODEL comes first, or else DRAFTER_MODEL; DRAFTER_FALLBACK_MODELS stand in for either.

    Raises:
        Misconfigured: as `load_models`.
    """
    if not settings.reads_by_model:
        return ()
    if settings.reader_model is None:
        return load_models(settings)
    return _in_order(settings, {settings.reader_model: "DRAFTER_READER_MODEL"})


def load_judge_models(settings: Settings) -> tuple[ModelOptions, ...]:
    """Return the models that judge, in the order in which they are asked; none where no model is to judge.

    DRAFTER_JUDGE_MODEL comes first, or else DRAFTER_MODEL; DRAFTER_FALLBACK_MODELS stand in for either.

    Raises:
        Misconfigured: as `load_models`.
    """
    if not settings.judges_by_model:
        return ()
    if settings.judge_model is None:
        return load_models(settings)
    return _in_order(settings, {settings.judge_model: "DRAFTER_JUDGE_MODEL"})


def _in_order(settings: Settings, first: Mapping[str, str]) -> tuple[ModelOptions, ...]:
    """Return a model and its stand-ins, each once; `first` is the model with the setting that names it."""
    common = {"mode": settings.model_mode, "concurrency": settings.model_concurrency}
    own = _of_file(settings.models_file) if settings.models_file is not None else {}
    for name, table in own.items():  # one that is not used has to be right too
        _options(name, common | table, f"DRAFTER_MODELS_FILE={settings.models_file}")
    where_set = dict.fromkeys(settings.fallback_models, "DRAFTER_FALLBACK_MODELS") | dict(first)
    names = dict.fromkeys((*first, *settings.fallback_models))
    return tuple(_options(name, common | own.get(name, {}), where_set[name]) for name in names)


def _of_file(file: Path) -> dict[str, dict[str, Any]]:
    """Return the tables of the models' file by their names."""
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"DRAFTER_MODELS_FILE={file} cannot be read: {type(error).__name__}.") from error
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(
            f'DRAFTER_MODELS_FILE={file} is not TOML: {error}. A model\'s name needs quotes: ["openai:my-model"].'
        ) from error
    for name, table in tables.items():
        if not isinstance(table, dict) or "name" in table:
            raise Misconfigured(
                f"DRAFTER_MODELS_FILE={file}: {name!r} is not a model's table. Write one as ["
                '"openai:my-model"] with its options below; its name stands nowhere else.'
            )
    return tables


def _options(name: str, fields: dict[str, Any], where: str) -> ModelOptions:
    try:
        return ModelOptions.model_validate(fields | {"name": name})
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join([name, *map(str, fault['loc'])])}: {_told(fault['msg'])}" for fault in error.errors()
        )
        raise Misconfigured(f"{where}: {faults}.") from None


def _told(message: str) -> str:
    return message.removeprefix("Value error, ").replace("Extra inputs are not permitted", "there is no such option")
