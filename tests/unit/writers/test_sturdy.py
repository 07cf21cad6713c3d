"""A writer that breaks costs its own turn, not the draft."""

import logging

import pytest

from drafter import pipeline
from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft
from drafter.domain.errors import WriterFailed
from drafter.domain.review import Review
from drafter.domain.situation import Situation
from drafter.testing import QUIET_SITUATION, ScriptedInspector, ScriptedWriter
from drafter.writers.sturdy import SturdyWriter

CASE = Case(review=Review(external_id="1", text="The zipper holds.", rating=5))


class BrokenWriter:
    name = "llm"

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        raise KeyError(case.review.text)


async def test_the_next_writer_takes_over_from_one_that_breaks(caplog: pytest.LogCaptureFixture) -> None:
    """The draft says that the fault is ours, and the log says where, without a word of the review."""
    with caplog.at_level(logging.ERROR):
        prepared = await pipeline.answer(
            CASE,
            QUIET_SITUATION,
            writers=[SturdyWriter(BrokenWriter()), ScriptedWriter("Thank you.", name="template")],
            inspector=ScriptedInspector(),
        )
    assert prepared.draft is not None
    assert prepared.draft.provenance.fallback_reason == "llm: a fault in Drafter (KeyError)"
    assert [record.getMessage() for record in caplog.records] == ["writer.broke"]
    assert "test_sturdy.py" in vars(caplog.records[0])["where"]
    assert "zipper" not in str(vars(caplog.records[0]))


async def test_a_failure_to_write_keeps_its_own_words() -> None:
    with pytest.raises(WriterFailed, match="no quota"):
        await SturdyWriter(ScriptedWriter(WriterFailed("no quota"))).write(CASE, QUIET_SITUATION, Brief())
