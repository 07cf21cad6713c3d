"""A job that dies while a model reads: what was read is kept, and only the call under way is made again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from drafter.compose import PipelineParts, SystemClock
from drafter.domain.case import Case
from drafter.domain.draft import Attempt, Usage
from drafter.domain.errors import ReaderFailed
from drafter.domain.reading import LLM_READER, ReadingBrief, TracedSituation
from drafter.domain.review import Review
from drafter.domain.situation import SituationName
from drafter.drafting import Drafting
from drafter.engine import Engine, Jobs
from drafter.intake import Intake
from drafter.readers.cascade import Doubtful, cascade
from drafter.store import attempts, shops
from drafter.store.database import Database
from drafter.store.tables import ItemRow
from drafter.testing import QUIET_SITUATION, ScriptedInspector, ScriptedReader, ScriptedWriter
from evals.storm.scene import until

DOWN = ReaderFailed("openai:a: it is down.", model="openai:a", usage=Usage(calls=2, tokens_in=5))


class Model:
    """A model's reader that fails, hangs or answers as it is told."""

    def __init__(self, name: str, answer: Callable[[], TracedSituation | None]) -> None:
        self.name = name
        self.asked = 0
        self.hangs = threading.Event()
        self._answer = answer

    async def ask(self, case: Case, brief: ReadingBrief) -> TracedSituation:
        """Answer, or hang where there is no answer."""
        self.asked += 1
        answer = self._answer()
        if answer is None:
            self.hangs.set()
            await asyncio.Event().wait()
            raise AssertionError((case, brief))
        return answer


def fails() -> TracedSituation:
    raise DOWN


def reads() -> TracedSituation:
    usage = Usage(calls=1, tokens_in=70, tokens_out=9, cost_usd=0.25)
    tried = Attempt(writer=LLM_READER, model="openai:b", number=1, outcome="passed", usage=usage)
    situation = QUIET_SITUATION.with_changes(situation=SituationName.QUALITY, sentiment=-1, reader="llm")
    return TracedSituation(**dict(situation), attempts=(tried,))


def engine_with(database: Database, first: ScriptedReader, *models: Model, threshold: float) -> Engine:
    parts = PipelineParts(
        reader=cascade(first, models, Doubtful(threshold=threshold)),
        writers=(ScriptedWriter(),),
        inspector=ScriptedInspector(),
    )
    engine = Engine(database=database, name="test", workers=1)
    drafting = Drafting(database=database, parts=parts, clock=SystemClock(), step=engine.step)

    async def hand_over(_: str) -> None:
        raise AssertionError("nothing is approved in this test")

    engine.build(Jobs(draft=drafting.draft, hand_over=hand_over))
    return engine


def test_a_killed_reading_goes_on_under_other_settings_and_repeats_no_kept_answer(database: Database) -> None:
    """By then the threshold asks for nothing and the first model is no longer set: the kept answers still fit."""
    unsure = ScriptedReader(QUIET_SITUATION.with_changes(confidence=0.3))
    with database.writing() as session:
        shops.ensure_default(session)
    hanging = Model("openai:b", lambda: None)
    engine = engine_with(database, unsure, Model("openai:a", fails), hanging, threshold=0.5)
    intake = Intake(database=database, engine=engine, clock=SystemClock())
    received = intake.receive("default", Review(external_id="r-1", text="It broke", rating=2), {})
    engine.launch()
    assert hanging.hangs.wait(20)
    engine.close()
    answering, never = Model("openai:b", reads), ScriptedReader()
    engine = engine_with(database, never, answering, threshold=0.0)
    engine.launch()
    until(lambda: engine.waiting() == 0)
    engine.close()
    with database.reading() as session:
        row = session.query(ItemRow).one()
        tried = attempts.of_version(session, received.review_id, row.review_version)
    assert (answering.asked, never.cases, len(unsure.cases)) == (1, [], 1)
    assert row.situation["reader"] == "cascade:llm"
    assert row.situation["situation"] == "quality"
    assert "attempts" not in row.situation
    assert [(one.writer, one.model, one.outcome, one.usage.tokens_in) for one in tried] == [
        (LLM_READER, "openai:a", "failed", 5),
        (LLM_READER, "openai:b", "passed", 70),
        ("scripted", None, "passed", 0),
    ]
