"""The only place where real parts meet.

Heavy parts (the embedding model, LangChain) are imported when they are first needed, so that `drafter --help` is quick.
"""

from __future__ import annotations

import asyncio
import platform
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal

from sqlalchemy.exc import ArgumentError, OperationalError

from drafter.domain.case import ReplyToCheck
from drafter.domain.errors import Misconfigured
from drafter.domain.finding import Finding
from drafter.domain.ports import Clock, Embedder, Inspector, Judge, LanguageIdentifier, Reader, Translator, Writer
from drafter.executors import ProcessName, name_in
from drafter.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from drafter.application import Application
    from drafter.approvals import Approvals
    from drafter.engine import Engine
    from drafter.llm.budget import Purse
    from drafter.llm.limits import Meter
    from drafter.llm.model import ChatModel
    from drafter.llm.options import ModelOptions
    from drafter.store.database import Database

#: What a process is there for; a `command` takes no jobs and needs no model.
ProcessRole = Literal["serve", "worker", "command"]

READING_SHARE = 0.25  # of a draft's time that models may take to read the review


@dataclass(frozen=True, kw_only=True)
class PipelineParts:
    """What `pipeline.prepare` needs besides a case."""

    reader: Reader
    writers: tuple[Writer, ...]  # in the order in which they are tried
    inspector: Inspector
    judge: Judge | None = None  # of what models write; None: nobody judges
    translators: tuple[Translator, ...] = ()  # for people who decide, in the order in which they are asked
    draft_seconds: float = 120.0  # that a draft may take, over all tries of all models


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return datetime.now(UTC)


@cache
def embedder() -> Embedder:
    """Return the process's embedding model for reviews: tuned to what the reader's heads ask of it."""
    from drafter.embeddings import E5Embedder
    from drafter.readers.heads import encoder_tuning

    return E5Embedder(tuning=encoder_tuning())


@cache
def languages() -> LanguageIdentifier:
    """Return the process's one language identifier."""
    from drafter.languages import Languages

    return Languages()


@cache
def inspector() -> Inspector:
    """Return the process's one set of guardrails: rules, and heads over vectors of a model tuned to what replies do."""
    from drafter.embeddings import E5Embedder
    from guardrails.runner import Guardrails
    from guardrails.semantics import Semantics, encoder_tuning

    semantics = Semantics(E5Embedder(tuning=encoder_tuning()))
    return Guardrails(languages=languages(), semantics=semantics)


@dataclass(frozen=True, kw_only=True)
class Common:
    """What all processes of an installation count together; where nothing is given, each counts by itself."""

    meter: Meter | None = None  # of the models' limits
    purse: Purse | None = None  # of the shops' daily budgets


def pipeline_parts(
    settings: Settings, *, vectors: Embedder | None = None, common: Common | None = None
) -> PipelineParts:
    """Return the reader, the writers and the guardrails that the settings ask for.

    `vectors` stands in for the process's own embedding model where a caller keeps what it gives.
    """
    chat = _ChatModels(common)
    return PipelineParts(
        reader=_reader(settings, chat, vectors or embedder()),
        writers=_writers(settings, chat),
        inspector=inspector(),
        judge=_judge(settings, chat),
        translators=_translators(settings, chat),
        draft_seconds=settings.draft_seconds,
    )


def judge_of(settings: Settings) -> Judge | None:
    """Return the judge that the settings ask for, by itself; None where nobody is to judge."""
    return _judge(settings, _ChatModels())


class _ChatModels:
    """The models of one set of parts: a model that both reads and writes is one, with its limits and its faults."""

    def __init__(self, common: Common | None = None) -> None:
        self._common = common or Common()
        self._models: dict[str, ChatModel] = {}

    @cached_property
    def purse(self) -> Purse:
        """What the calls are taken from."""
        from drafter.llm.budget import InProcessPurse

        return self._common.purse or InProcessPurse()

    def of(self, options: ModelOptions) -> ChatModel:
        """Return a model, made when it is first asked for."""
        from drafter.llm.model import ChatModel

        if options.name not in self._models:
            self._models[options.name] = ChatModel(options, meter=self._common.meter)
        return self._models[options.name]


def _reader(settings: Settings, chat: _ChatModels, vectors: Embedder) -> Reader:
    """Return the embedded reader, before models where they are wanted."""
    from drafter.llm.budgeted import BudgetedReader
    from drafter.llm.options import load_reader_models
    from drafter.readers.cascade import Doubtful, always, cascade
    from drafter.readers.embedding import EmbeddingReader
    from drafter.readers.llm import PROMPT, LlmReader
    from prompts.prompt import Prompt

    embedded = EmbeddingReader(vectors, languages())
    models = load_reader_models(settings)
    if not settings.reads_by_model:
        return embedded
    if not models:
        raise Misconfigured(
            f"The reader {settings.reader!r} needs a model: set DRAFTER_READER_MODEL or DRAFTER_MODEL, for example "
            "openai:NAME, or --model."
        )
    prompt, purse = Prompt(PROMPT), chat.purse
    readers = [
        BudgetedReader(LlmReader(chat.of(model), prompt, languages(), send=settings.send), model, purse)
        for model in models
    ]
    every = settings.reader == "llm"
    doubt = always if every else Doubtful(threshold=settings.reader_threshold)
    seconds = settings.draft_seconds * READING_SHARE
    return cascade(embedded, readers, doubt, name="llm" if every else "cascade", seconds=seconds)


def _judge(settings: Settings, chat: _ChatModels) -> Judge | None:
    """Return the models that judge, in their order."""
    from drafter.llm.options import load_judge_models

    if not settings.judges_by_model:
        return None
    models = load_judge_models(settings)
    if not models:
        raise Misconfigured("The judge needs a model: set DRAFTER_JUDGE_MODEL or DRAFTER_MODEL, or --model.")
    from drafter.judge.bench import Bench
    from drafter.judge.llm import PROMPT, LlmJudge
    from drafter.llm.budgeted import BudgetedJudge
    from drafter.readers.steering import steers
    from prompts.prompt import Prompt

    prompt, purse = Prompt(PROMPT), chat.purse
    judges = [BudgetedJudge(LlmJudge(chat.of(model), prompt, send=settings.send), model, purse) for model in models]
    return Bench(judges, steers=steers)


def _writers(settings: Settings, chat: _ChatModels) -> tuple[Writer, ...]:
    """Return the writers in their turn: one for each model, where models are wanted, then the templates."""
    from drafter.llm.options import load_models
    from drafter.writers.sturdy import SturdyWriter
    from drafter.writers.template import TemplateWriter
    from prompts.library import Library

    template = SturdyWriter(TemplateWriter(Library()))
    if settings.writer == "template":
        return (template,)
    models = load_models(settings)
    if settings.writer == "llm" and not models:
        raise Misconfigured("The writer 'llm' needs a model: set DRAFTER_MODEL, for example openai:NAME, or --model.")
    return (*(SturdyWriter(_llm_writer(settings, chat, model)) for model in models), template)


def _llm_writer(settings: Settings, chat: _ChatModels, model: ModelOptions) -> Writer:
    from drafter.llm.budgeted import BudgetedWriter
    from drafter.writers.llm import PROMPT, LlmWriter
    from prompts.prompt import Prompt

    return BudgetedWriter(LlmWriter(chat.of(model), Prompt(PROMPT), send=settings.send), model, chat.purse)


def _translators(settings: Settings, chat: _ChatModels) -> tuple[Translator, ...]:
    """Return the models that translate for people who decide: those that write."""
    from drafter.llm.options import load_models
    from drafter.translating.budgeted import BudgetedTranslator
    from drafter.translating.llm import PROMPT, LlmTranslator
    from prompts.prompt import Prompt

    models, prompt = load_models(settings), Prompt(PROMPT)
    return tuple(BudgetedTranslator(LlmTranslator(chat.of(model), prompt), model, chat.purse) for model in models)


class _LatePipelineParts:
    """The pipeline's parts, built when they are first asked for."""

    def __init__(self, settings: Settings, common: Common) -> None:
        self._settings = settings
        self._common = common

    @cached_property
    def _parts(self) -> PipelineParts:
        return pipeline_parts(self._settings, common=self._common)

    @property
    def reader(self) -> Reader:
        return self._parts.reader

    @property
    def writers(self) -> tuple[Writer, ...]:
        return self._parts.writers

    @property
    def inspector(self) -> Inspector:
        return self._parts.inspector

    @property
    def judge(self) -> Judge | None:
        return self._parts.judge

    @property
    def translators(self) -> tuple[Translator, ...]:
        return self._parts.translators

    @property
    def draft_seconds(self) -> float:
        return self._settings.draft_seconds

    def inspect(self, reply: ReplyToCheck) -> tuple[Finding, ...]:
        return self.inspector.inspect(reply)


def application(settings: Settings, *, role: ProcessRole = "serve") -> Application:
    """Return a running installation's parts, on a database that is created or upgraded where needed.

    The job engine is ready to take jobs down, and takes none up before `engine.launch()`.

    Raises:
        Misconfigured: a setting asks for what is not there.
    """
    from drafter.application import Application
    from drafter.chores import ticking
    from drafter.delivery import Delivery
    from drafter.drafting import Drafting
    from drafter.engine import Engine, Jobs
    from drafter.intake import Intake
    from drafter.people import People
    from drafter.retention import Retention
    from drafter.translations import Translations
    from drafter.voices import Voices

    clock = SystemClock()
    database, parts = _database_and_parts(settings, role)
    engine = Engine(database=database, name=_process_name(settings, role), workers=settings.drafts_at_once)
    delivery = Delivery(database=database, engine=engine, clock=clock, settings=settings)
    drafting = Drafting(
        database=database,
        parts=parts,
        clock=clock,
        step=engine.step,
        embedder=embedder() if settings.writes_by_model else None,  # templates learn from no example
    )
    retention = Retention(database=database, jobs=engine, clock=clock, keep_days=settings.keep_days)
    tick = ticking(delivery, drafting, engine, _sweep(database, clock), retention.sweep)
    engine.build(Jobs(draft=drafting.draft, hand_over=delivery.hand_over, tick=tick))
    return Application(
        settings=settings,
        clock=clock,
        database=database,
        engine=engine,
        intake=Intake(database=database, engine=engine, clock=clock),
        approvals=_approvals(settings, database, parts, engine, clock),
        delivery=delivery,
        people=People(database=database, clock=clock, session_hours=settings.session_hours),
        voices=Voices(database=database, parts=parts, clock=clock),
        retention=retention,
        translations=Translations(
            database=database, translators=lambda: parts.translators, clock=clock, send=settings.send
        ),
    )


def _approvals(
    settings: Settings, database: Database, parts: _LatePipelineParts, engine: Engine, clock: Clock
) -> Approvals:
    from drafter.approvals import Approvals

    return Approvals(
        database=database,
        inspector=parts,
        engine=engine,
        clock=clock,
        claim_minutes=settings.claim_minutes,
        embedder=embedder(),
    )


def _database_and_parts(settings: Settings, role: ProcessRole) -> tuple[Database, _LatePipelineParts]:
    """Return the database, with its tables and a shop, and the pipeline's parts, whose models have limits in it."""
    from drafter.store import shops
    from drafter.store.budget import StoredPurse
    from drafter.store.database import Database
    from drafter.store.limits import SharedMeter
    from drafter.store.migrations import migrate

    try:
        database = Database(settings.database_address)
        common = Common(meter=SharedMeter(database), purse=StoredPurse(database, SystemClock()))
        parts = _LatePipelineParts(settings, common)
        if role != "command":
            _ = parts.reader  # so that what cannot work says so now
        migrate(database)
    except (ArgumentError, OperationalError) as error:
        raise Misconfigured(_database_advice(error)) from error
    with database.writing() as session:
        shops.ensure_default(session)
    return database, parts


def _database_advice(error: ArgumentError | OperationalError) -> str:
    cause = error.orig if isinstance(error, OperationalError) else error
    what = str(cause).strip().splitlines()[0]
    return (
        f"The database cannot be used: {what}. Check DRAFTER_DATABASE_URL (postgresql://user:password@host/name), that "
        "the server runs, that the database exists and that the account may create tables in it."
    )


def create_app(application: Application) -> FastAPI:
    """Return the HTTP application: the API, the pages, and the job engine, which starts and stops with it."""
    from fastapi import FastAPI

    from drafter import api, web

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(application.engine.launch)
        try:
            yield
        finally:
            await asyncio.to_thread(application.engine.close)
            application.database.close()

    app = FastAPI(title="Drafter", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    api.install(app, application)
    web.install(app, application)
    return app


def _sweep(database: Database, clock: SystemClock) -> Callable[[], None]:
    """Return what drops kept answers that nobody will ask for again."""
    from drafter.store import idempotency

    return lambda: idempotency.drop_older(database, clock.now() - idempotency.KEPT_FOR)


def _process_name(settings: Settings, role: ProcessRole) -> ProcessName:
    """Return what this process is called; one that takes no jobs needs no name of its own."""
    if settings.executor_id is not None or role == "command":
        return ProcessName(name=settings.executor_id or f"{platform.node()}-command")
    return name_in(settings.data_dir)
