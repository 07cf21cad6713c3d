"""How good the drafts were, on both databases, from decisions and tries as they are made."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drafter.approvals import Approvals, DecisionRequest
from drafter.domain.approval import DecisionKind
from drafter.domain.draft import Attempt, Provenance
from drafter.domain.review import Review
from drafter.domain.situation import Situation, SituationName
from drafter.insights.drafts import DraftFigures, DraftsReport, drafts_report
from drafter.settings import Settings
from drafter.store import changed
from drafter.store.database import Database
from drafter.store.testing import stored_person
from drafter.testing import QUIET_SITUATION, FixedClock, ScriptedInspector
from drafter.web.testing import desk_application, place

MODEL = Provenance(writer="llm", model="openai:a", prompt="write_reply", prompt_hash="sha256:one")
NEWER = MODEL.with_changes(prompt_hash="sha256:two")
TEMPLATE = Provenance(writer="template", prompt="templates/en/quality", prompt_hash="sha256:t")
QUALITY = QUIET_SITUATION.with_changes(situation=SituationName.QUALITY)
DRAFT = "one two three four"


class Office:
    """Drafts before a person who decides on them."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database, self.clock, self.number = database, clock, 0
        self.application = desk_application(database, clock, ScriptedInspector(), Settings(_env_file=None))
        self.ana = stored_person(database, "ana")
        self.approvals: Approvals = self.application.approvals

    def decided(
        self,
        kind: DecisionKind,
        provenance: Provenance = MODEL,
        situation: Situation = QUIET_SITUATION,
        attempts: tuple[Attempt, ...] = (),
        **wishes: str,
    ) -> None:
        self.number += 1
        self.clock.forward(timedelta(seconds=1))
        review = Review(external_id=str(self.number), text="Lovely", rating=5)
        item_id = place(self.application, review, DRAFT, provenance=provenance, situation=situation, attempts=attempts)
        request = DecisionRequest.model_validate({"kind": kind, **wishes})
        self.approvals.decide(item_id, request, actor=self.ana, expected_version=1)

    def report(self, days: int = 30, shop: str | None = None) -> DraftsReport:
        now = self.clock.now()
        return drafts_report(self.database, since=now - timedelta(days=days), until=now, shop=shop)


@pytest.fixture
def office(database: Database, clock: FixedClock) -> Office:
    return Office(database, clock)


def figures(found: DraftFigures) -> tuple[float | None, ...]:
    shares = (found.approved, found.edited, found.rejected, found.regenerated)
    assert {one.of for one in shares} == {found.judged}
    return (found.judged, *(one.count for one in shares), found.edit_distance, found.unused)


def test_nothing_decided_gives_no_figures(office: Office) -> None:
    report = office.report()
    assert figures(report.total) == (0, 0, 0, 0, 0, None, 0)
    assert (report.by_situation, report.by_version, report.reasons, report.repairs) == ((), (), (), ())


def test_decisions_are_told_by_situation_and_by_version(office: Office) -> None:
    approve = DecisionKind.APPROVE
    office.decided(approve)
    office.decided(approve, public_reply="one two three five")
    office.decided(approve, NEWER, QUALITY, public_reply="one 2 3 4")
    office.decided(DecisionKind.REJECT, NEWER, QUALITY, reason="cold")
    office.decided(DecisionKind.REGENERATE, TEMPLATE, QUALITY)
    office.decided(DecisionKind.DISMISS, TEMPLATE, reason="spam")
    report = office.report()
    assert figures(report.total) == (5, 1, 2, 1, 1, 0.5, 1)
    assert {one.situation: figures(one) for one in report.by_situation} == {
        SituationName.QUALITY: (3, 0, 1, 1, 1, 0.75, 0),
        SituationName.POSITIVE: (2, 1, 1, 0, 0, 0.25, 1),
    }
    assert [(one.model, one.prompt_hash, one.judged, one.unused) for one in report.by_version] == [
        ("openai:a", "sha256:one", 2, 0),
        ("openai:a", "sha256:two", 2, 0),
        (None, None, 1, 1),
    ]
    assert {(one.situation, one.prompt_hash, one.judged) for one in report.by_both} == {
        ("positive", "sha256:one", 2),
        ("quality", "sha256:two", 2),
        ("quality", None, 1),
        ("positive", None, 0),
    }


def test_a_few_drafts_leave_much_open(office: Office) -> None:
    for _ in range(3):
        office.decided(DecisionKind.APPROVE)
    share = office.report().total.approved
    assert (share.count, share.of, share.share) == (3, 3, 1.0)
    assert share.low < 0.5


def test_reasons_that_say_the_same_are_one_with_its_situations(office: Office) -> None:
    reject = DecisionKind.REJECT
    office.decided(reject, reason="too  Cold.")
    office.decided(reject, situation=QUALITY, reason="Too cold")
    office.decided(reject, reason="Wrong tone")
    office.decided(DecisionKind.REGENERATE, instruction="too cold")
    told = [(one.kind.value, one.text, one.count, sorted(one.situations)) for one in office.report().reasons]
    assert told == [
        ("reject", "Too cold", 2, ["positive", "quality"]),
        ("regenerate", "too cold", 1, ["positive"]),
        ("reject", "Wrong tone", 1, ["positive"]),
    ]


def test_a_report_is_of_its_time_and_its_shop(office: Office) -> None:
    office.decided(DecisionKind.REJECT, reason="cold")
    office.clock.forward(timedelta(days=10))
    office.decided(DecisionKind.APPROVE)
    assert figures(office.report(days=9).total)[:2] == (1, 1)
    assert figures(office.report(days=11, shop="default").total)[:2] == (2, 1)
    other = office.report(days=11, shop="other")
    assert (other.total.judged, other.reasons, other.repairs) == (0, (), ())


def test_repairs_are_told_by_prompt_for_drafts_of_any_end(office: Office) -> None:
    tries = (
        Attempt(writer="llm_reader", model="openai:a", number=1, outcome="passed"),
        Attempt(writer="llm", model="openai:a", prompt_hash="sha256:one", number=1, outcome="blocked", codes=("tone",)),
        Attempt(writer="judge", model="openai:a", number=1, outcome="blocked", codes=("liability",)),
        Attempt(writer="llm", model="openai:a", prompt_hash="sha256:one", number=2, outcome="failed", reason="odd"),
        Attempt(writer="llm", model="openai:a", prompt_hash="sha256:one", number=3, outcome="passed"),
        Attempt(writer="template", prompt_hash="sha256:t", number=1, outcome="blocked", codes=("length",)),
    )
    office.decided(DecisionKind.APPROVE, attempts=tries)
    office.decided(DecisionKind.APPROVE, attempts=(Attempt(writer="llm", number=1, outcome="passed"),))
    found = {(one.writer, one.prompt_hash, one.code): one for one in office.report().repairs}
    assert set(found) == {("llm", "sha256:one", "tone"), ("template", None, "length")}
    assert found["llm", "sha256:one", "tone"].first == 1
    assert found["template", None, "length"].not_tried == 1


def test_changed_and_refused_drafts_come_newest_first_with_what_was_said_of_them(office: Office) -> None:
    office.decided(DecisionKind.APPROVE)
    office.decided(DecisionKind.APPROVE, MODEL, QUALITY, public_reply="one two three five")
    office.decided(DecisionKind.REJECT, TEMPLATE, reason="cold")
    office.decided(DecisionKind.REGENERATE, instruction="shorter")
    office.decided(DecisionKind.DISMISS, reason="spam")
    with office.database.reading() as session:
        since = office.clock.now() - timedelta(days=1)
        found = changed.latest(session, since, shop="default")
        assert changed.latest(session, since, shop="other") == ()
        assert len(changed.latest(session, since, limit=2)) == 2
    assert [(one.outcome.value, one.remark, one.draft.provenance.writer) for one in found] == [
        ("regenerated", "shorter", "llm"),
        ("rejected", "cold", "template"),
        ("edited", None, "llm"),
    ]
    assert [one.approved.public_reply if one.approved else None for one in found] == [None, None, "one two three five"]
    assert (found[2].edit_distance, found[2].situation) == (0.25, SituationName.QUALITY)
