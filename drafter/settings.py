"""Settings: everything that can be set from outside, in one place, from environment variables.

Each is `DRAFTER_<NAME>`; a `.env` file in the current folder is read too.
`drafter doctor` prints them, without secrets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from drafter.domain.errors import Misconfigured

#: How a model is asked for a structured answer; `text`: it answers in plain text.
ModelMode = Literal["function_calling", "json_schema", "json_mode", "text"]

#: What of a case leaves for a model; `review`: the customer's words alone.
Send = Literal["case", "review"]

DRAFTS_BY_TEMPLATE, DRAFTS_BY_MODEL = 2, 8  # at the same time, where DRAFTER_WORKERS does not say


class Settings(BaseSettings):
    """What an installation may set; the defaults need no server and no key."""

    model_config = SettingsConfigDict(
        env_prefix="DRAFTER_", env_file=".env", extra="ignore", frozen=True, protected_namespaces=()
    )

    data_dir: Path = Field(default=Path("data"), description="Folder of the SQLite database and of local secrets.")
    database_url: str | None = Field(
        default=None,
        description="SQLAlchemy address of the database; without it, SQLite in the data folder. "
        "PostgreSQL: postgresql://user:password@host/name",
    )
    host: str = Field(default="127.0.0.1", description="Address that `drafter serve` listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port that `drafter serve` listens on.")
    public_url: str | None = Field(default=None, description="Address under which people reach the pages.")
    secure_cookies: bool = Field(default=False, description="Send cookies over HTTPS only; set it behind TLS.")
    secret_key: SecretStr | None = Field(
        default=None, description="Key behind sessions and CSRF tokens; made and kept in the data folder if not set."
    )
    session_hours: int = Field(default=12, ge=1, description="How long a sign-in lasts.")
    claim_minutes: int = Field(default=10, ge=1, description="How long a claimed item stays with one person.")
    workers: int | None = Field(
        default=None,
        ge=1,
        description="Drafts prepared at the same time in one process; without it 2, or 8 where a model is asked. "
        "The process started last says it for all of a database.",
    )
    executor_id: str | None = Field(
        default=None, description="Name of this process towards the others; by default host name and data folder."
    )
    model: str | None = Field(default=None, description="Model that writes drafts, as provider:name (openai:NAME).")
    fallback_models: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Models that stand in for it, in this order, separated by commas."
    )
    models_file: Path | None = Field(
        default=None, description="TOML file with options of models that need them; models.example.toml explains each."
    )
    model_mode: ModelMode = Field(
        default="function_calling",
        description="How a model is asked for its answer: function_calling, json_schema, json_mode or text.",
    )
    model_concurrency: int = Field(
        default=8, ge=1, description="Calls of one model at the same time, of all processes of one database together."
    )
    writer: Literal["auto", "template", "llm"] = Field(default="auto", description="Who writes drafts.")
    reader: Literal["auto", "embedding", "llm", "cascade"] = Field(
        default="auto",
        description="Who reads reviews: embedding, llm (a model, each one), or cascade (a model where embedding is "
        "unsure or a risk is near); auto: cascade where a model is set, else embedding.",
    )
    reader_model: str | None = Field(
        default=None, description="Model that reads reviews, as provider:name; without it the one that writes."
    )
    reader_threshold: float = Field(
        default=0.6,
        ge=0,
        le=1,
        description="Confidence of the embedded reader below which the cascade asks a model; 0: for risks alone, "
        "1: always.",
    )
    judge: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="Whether a model judges what models write, and the replies of `check`, beside the rules and the "
        "trained heads; auto: where a model is set.",
    )
    judge_model: str | None = Field(
        default=None, description="Model that judges, as provider:name; without it the one that writes."
    )
    send: Send = Field(
        default="case",
        description="What models are sent: case (the review with what the shop knows and how it speaks), or review "
        "(of the case nothing but the words of the review).",
    )
    draft_seconds: float = Field(
        default=120,
        gt=0,
        description="Seconds that the models may take for one draft, over all retries, repairs and stand-ins.",
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="Signing secret of webhooks (whsec_...), if a shop has a webhook address."
    )
    webhook_allow_private: bool = Field(default=False, description="Let webhooks go to private and loopback addresses.")
    keep_days: int | None = Field(
        default=None,
        ge=1,
        description="Days after which a review that was decided on and answered is removed with all that is held about "
        "it; without it nothing goes by itself.",
    )
    max_body_bytes: int = Field(default=512_000, ge=1_000, description="Largest request body that is accepted.")
    requests_per_minute: int = Field(default=600, ge=1, description="API requests that one key may send a minute.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="What is logged.")

    @property
    def drafts_at_once(self) -> int:
        """Drafts prepared at the same time: what is embedded keeps the processor busy, a model is waited for."""
        if self.workers is not None:
            return self.workers
        return DRAFTS_BY_MODEL if self.writes_by_model or self.reads_by_model else DRAFTS_BY_TEMPLATE

    @property
    def writes_by_model(self) -> bool:
        """Whether a model takes part in writing."""
        return self.model is not None and self.writer != "template"

    @property
    def reads_by_model(self) -> bool:
        """Whether a model takes part in reading."""
        asked = self.model is not None or self.reader_model is not None
        return self.reader in ("llm", "cascade") or (self.reader == "auto" and asked)

    @property
    def judges_by_model(self) -> bool:
        """Whether a model judges."""
        asked = self.model is not None or self.judge_model is not None
        return self.judge == "on" or (self.judge == "auto" and asked)

    @field_validator("database_url")
    @classmethod
    def _a_database_that_we_know(cls, address: str | None) -> str | None:
        if address and not address.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")):
            raise ValueError("name a PostgreSQL database, postgresql://user:password@host/name, or sqlite:///FILE")
        return address or None

    @field_validator("fallback_models", mode="before")
    @classmethod
    def _separated_by_commas(cls, names: object) -> object:
        return tuple(name.strip() for name in names.split(",") if name.strip()) if isinstance(names, str) else names

    @field_validator("model", "reader_model", "judge_model", "models_file", mode="before")
    @classmethod
    def _set_to_nothing_is_not_set(cls, value: object) -> object:
        return value or None

    @property
    def database_address(self) -> str:
        """The SQLAlchemy address that is used, with its driver."""
        if self.database_url is None:
            return f"sqlite:///{quote(str((self.data_dir / 'drafter.db').resolve()))}"  # a path may hold `?` or `%`
        for plain in ("postgresql://", "postgres://"):
            if self.database_url.startswith(plain):
                return "postgresql+psycopg://" + self.database_url.removeprefix(plain)
        return self.database_url


def load_settings(**overrides: object) -> Settings:
    """Return the settings of this process.

    Raises:
        Misconfigured: a value cannot be used; the message names each setting and what is wrong with it.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # values are checked by the model
    except ValidationError as error:
        lines = [f"DRAFTER_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in error.errors()]
        raise Misconfigured("Settings that cannot be used:\n  " + "\n  ".join(lines)) from None
