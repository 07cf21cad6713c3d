"""The twins of the ports do as they are told."""

from datetime import timedelta

import numpy as np
import pytest

from drafter import pipeline
from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft, Provenance, Usage
from drafter.domain.errors import ReaderFailed, WriterFailed
from drafter.domain.review import Review
from drafter.testing import (
    QUIET_SITUATION,
    FixedClock,
    HashEmbedder,
    ScriptedInspector,
    ScriptedReader,
    ScriptedWriter,
    SetLanguage,
)

CASE = Case(review=Review(external_id="1", text="Zipper holds", rating=5))


def test_a_clock_stands_still_until_it_is_moved() -> None:
    clock = FixedClock()
    before = clock.now()
    assert clock.now() == before
    clock.forward(timedelta(hours=1))
    assert clock.now() - before == timedelta(hours=1)


async def test_a_reader_answers_by_the_case_or_fails() -> None:
    spanish = QUIET_SITUATION.with_changes(language="es")
    reader = ScriptedReader(lambda case: spanish if case is CASE else ReaderFailed("no reader"))
    assert await reader.read(CASE) == spanish
    with pytest.raises(ReaderFailed, match="no reader"):
        await reader.read(Case(review=CASE.review))
    with pytest.raises(ReaderFailed, match="down"):
        await ScriptedReader(ReaderFailed("down")).read(CASE)
    assert len(reader.cases) == 2


async def test_a_writer_gives_texts_drafts_and_failures_in_turn() -> None:
    made = Draft(private_message="Hello.", language="en", provenance=Provenance(writer="other"))
    writer = ScriptedWriter("First.", WriterFailed("busy"), made)
    assert (await writer.write(CASE, QUIET_SITUATION, Brief())).public_reply == "First."
    with pytest.raises(WriterFailed, match="busy"):
        await writer.write(CASE, QUIET_SITUATION, Brief())
    for _ in range(2):
        assert await writer.write(CASE, QUIET_SITUATION, Brief()) is made


async def test_a_writer_may_pass_for_a_model_with_its_usage() -> None:
    """What tries take is summed up over a writer that fails and the one that stands in."""
    failure = WriterFailed("busy", model="openai:one", usage=Usage(calls=2, tokens_in=10))
    writers = (
        ScriptedWriter(failure, name="llm"),
        ScriptedWriter(name="llm", model="openai:two", usage=Usage(calls=1, tokens_in=7, tokens_out=5, cost_usd=0.25)),
    )
    made = await pipeline.prepare(CASE, reader=ScriptedReader(), writers=writers, inspector=ScriptedInspector())
    assert made.draft is not None
    assert made.draft.provenance.model == "openai:two"
    assert made.usage == Usage(calls=3, tokens_in=17, tokens_out=5, cost_usd=0.25)


def test_an_embedder_gives_the_same_text_the_same_unit_vector() -> None:
    first, second, again = HashEmbedder().embed(["a", "b", "a"])
    assert np.allclose(first, again)
    assert not np.allclose(first, second)
    assert np.isclose(np.linalg.norm(first), 1)


def test_a_language_is_set_for_all_texts_or_for_one() -> None:
    languages = SetLanguage("es", hello="en")
    assert [languages.identify("hola"), languages.identify("hello")] == ["es", "en"]
