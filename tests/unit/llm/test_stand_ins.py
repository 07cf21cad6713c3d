"""Models stand in for each other in the order of the settings, and the templates for all of them."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from drafter import compose, pipeline
from drafter.domain.case import Case, Prepared
from drafter.domain.errors import Misconfigured
from drafter.domain.ports import Writer
from drafter.domain.review import Review
from drafter.settings import Settings, load_settings
from drafter.testing import QUIET_SITUATION, ModelServer, ScriptedInspector

NAMES = ("openai:first", "openai:second", "openai:third")
CASE = Case(review=Review(external_id="1", text="Lovely bag.", rating=5, language="en"))


@pytest.fixture
def writers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Writer, ...]]:
    """Compose the writers of three models, whose servers are at the addresses."""
    monkeypatch.setenv("OPENAI_API_KEY", "any")

    def make(*addresses: str) -> tuple[Writer, ...]:
        file = tmp_path / "models.toml"
        tables = [f'["{name}"]\nbase_url = "{url}"\n' for name, url in zip(NAMES, addresses, strict=False)]
        file.write_text("".join(tables), encoding="utf-8")
        return compose.pipeline_parts(settings(model=NAMES[0], fallback_models=NAMES[1:], models_file=file)).writers

    return make


def settings(**changes: object) -> Settings:
    return load_settings(_env_file=None, **changes)


async def prepared(writers: tuple[Writer, ...]) -> Prepared:
    return await pipeline.answer(CASE, QUIET_SITUATION, writers=writers, inspector=ScriptedInspector(), seconds=60)


async def test_the_next_model_takes_over_in_its_order(writers: Callable[..., tuple[Writer, ...]]) -> None:
    with ExitStack() as stack:
        answers = ("wrong_key", "no_quota", "good")
        servers = [stack.enter_context(ModelServer(answer)) for answer in answers]
        done = await prepared(writers(*(server.url for server in servers)))
    assert done.draft is not None
    assert (done.draft.provenance.writer, done.draft.provenance.model) == ("llm", "openai:third")
    assert [attempt.model for attempt in done.attempts] == list(NAMES)
    assert [len(server.requests) for server in servers] == [1, 1, 1]
    reason = done.draft.provenance.fallback_reason or ""
    assert reason.index("openai:first: the key was refused") < reason.index("openai:second: the quota")


async def test_the_templates_come_last(writers: Callable[..., tuple[Writer, ...]]) -> None:
    with ModelServer("wrong_key") as server:
        done = await prepared(writers(server.url, server.url, server.url))
    assert done.draft is not None
    assert done.draft.provenance.writer == "template"
    assert [attempt.model for attempt in done.attempts] == [*NAMES, None]
    assert [attempt.usage.calls for attempt in done.attempts] == [1, 1, 1, 0]
    assert len(server.requests) == 3


def test_writers_by_settings() -> None:
    """One for each model, unless templates are asked for; a model that is asked for has to be there."""
    model = {"model": "openai:a", "fallback_models": "openai:b"}
    assert [writer.name for writer in _writers(**model)] == ["llm", "llm", "template"]
    assert [writer.name for writer in _writers(**model, writer="template")] == ["template"]
    assert [writer.name for writer in _writers()] == ["template"]
    with pytest.raises(Misconfigured, match="DRAFTER_MODEL"):
        _writers(writer="llm")


def _writers(**changes: object) -> tuple[Writer, ...]:
    return compose.pipeline_parts(settings(**changes)).writers
