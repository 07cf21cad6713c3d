"""Faults of providers and models against a whole installation: each review ends, explained, and nothing unchecked.

`python -m evals.bench faults` is the long form, with every fault and a table.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from drafter import compose
from drafter.application import Application
from drafter.domain.approval import ApprovalItem, ItemState
from drafter.domain.finding import blocking
from drafter.domain.review import Review
from drafter.domain.situation import Route
from drafter.settings import load_settings
from drafter.store import items
from drafter.testing import GOOD, ChatRequest, ModelServer
from drafter.testing.faults import CODES
from evals.bench.fault_run import FaultRun, measure
from evals.bench.faults import cases_from

DEADLINE = 60.0  # seconds; far above what is needed
CALL_SECONDS = 1.0
DRAFT_SECONDS = 8.0
#: What a model makes of one review each.
UNREADABLE = ("half_json", "empty", "refusal", "ignored_tool", "cut_off", "content_filter_answer", "half_body")
VIOLATIONS = tuple(f"breaks_{code}" for code in CODES)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    gate = threading.Event()
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        gate.wait(0.05)


@pytest.fixture(autouse=True)
def provider(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Point installations at a server, with little patience."""
    models = tmp_path / "models.toml"
    models.write_text(f'["openai:scripted"]\ncall_seconds = {CALL_SECONDS}\n', encoding="utf-8")
    settings = {"OPENAI_API_KEY": "test", "DRAFTER_MODEL": "openai:scripted", "DRAFTER_MODELS_FILE": str(models)}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    def point_at(url: str) -> None:
        monkeypatch.setenv("OPENAI_BASE_URL", url)

    return point_at


@contextmanager
def installation(address: str, folder: Path) -> Iterator[Application]:
    settings = load_settings(
        data_dir=folder / "data",
        database_url=address,
        workers=4,
        draft_seconds=DRAFT_SECONDS,
        reader="embedding",  # the faults here are those of the model that writes
        judge="off",
    )
    application = compose.application(settings, role="worker")
    try:
        yield application
    finally:
        application.engine.close()
        application.database.close()


def drafted(application: Application, texts: list[str]) -> list[ApprovalItem]:
    """Take reviews in, let them be drafted, and return their items in the same order."""
    received = [
        application.intake.receive("default", Review(external_id=f"r-{number}", text=text, rating=2, language="en"), {})
        for number, text in enumerate(texts)
    ]
    application.engine.launch()
    until(lambda: application.engine.waiting() == 0)
    with application.database.reading() as session:
        found = [items.find(session, one.review_id, one.version) for one in received]
    return [item for item in found if item is not None]


def is_safe(item: ApprovalItem) -> bool:
    """Whether an item is a checked draft, or is before a person with the reason."""
    if item.draft is None:
        return item.route is Route.ESCALATE and bool(item.reason)
    return item.state is ItemState.QUEUED and not blocking(item.findings)


def by_review(request: ChatRequest) -> str:
    """Return the fault that a review names."""
    return next(fault for fault in (*UNREADABLE, *VIOLATIONS, GOOD) if f"the seller of {fault} bags" in request.text)


def naming(faults: Sequence[str]) -> list[str]:
    return [f"Zipper broke after two days. I expected more from the seller of {fault} bags" for fault in faults]


def test_answers_that_cannot_be_used_cost_no_review(
    database_address: str, tmp_path: Path, provider: Callable[[str], None]
) -> None:
    with ModelServer(by_review) as server, installation(database_address, tmp_path) as application:
        provider(server.url)
        made = drafted(application, naming(UNREADABLE))
    assert len(made) == len(UNREADABLE)
    assert all(map(is_safe, made))
    assert {item.draft.provenance.writer for item in made if item.draft} == {"template"}
    assert all((item.reason or "").startswith("llm: ") for item in made)


def test_a_reply_that_breaks_a_code_is_replaced_with_that_reason_and_a_good_one_beside_it_is_not(
    sqlite_address: str, tmp_path: Path, provider: Callable[[str], None]
) -> None:
    faults = (*VIOLATIONS, GOOD)
    with ModelServer(by_review) as server, installation(sqlite_address, tmp_path) as application:
        provider(server.url)
        made = dict(zip(faults, drafted(application, naming(faults)), strict=True))
        assert len(server.requests) >= 3 * len(VIOLATIONS) + 1  # more where a busy machine let a call time out
    good = made.pop(GOOD)
    assert good.draft is not None
    assert (good.draft.provenance.model, good.reason) == ("openai:scripted", None)
    for fault, item in made.items():
        assert is_safe(item), fault
        assert item.draft is not None, fault
        assert item.draft.provenance.writer == "template"
        assert fault.removeprefix("breaks_") in (item.reason or ""), fault


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("wrong_key", "OPENAI_API_KEY"),
        ("wrong_model", "DRAFTER_MODEL"),
        ("no_quota", "quota"),
        ("content_filter", "filter"),
        ("context_overflow", "context"),
        ("no_server", "OPENAI_BASE_URL"),
        ("html", "OPENAI_BASE_URL"),
        ("server_error", "trouble"),
        ("timeout", "call_seconds"),
        ("slow_drip", "call_seconds"),
    ],
)
def test_a_provider_that_fails_costs_no_review_and_the_reason_says_what_to_change(
    sqlite_address: str, tmp_path: Path, provider: Callable[[str], None], fault: str, told: str
) -> None:
    with ModelServer(GOOD if fault == "no_server" else fault) as server:
        provider("http://127.0.0.1:9/v1" if fault == "no_server" else server.url)
        with installation(sqlite_address, tmp_path) as application:
            made = drafted(application, ["Zipper broke after two days", "The strap came off", "Colour is not as shown"])
    assert len(made) == 3
    assert all(map(is_safe, made))
    assert {item.draft.provenance.writer for item in made if item.draft} == {"template"}
    assert told in (made[0].reason or "")
    assert all((item.reason or "").startswith("llm: ") for item in made)


@pytest.mark.parametrize("fault", ["rate_limit", "reset"])
def test_a_fault_that_passes_costs_nothing_but_a_call(
    sqlite_address: str, tmp_path: Path, provider: Callable[[str], None], fault: str
) -> None:
    def at_first(request: ChatRequest) -> str:
        return fault if request.turn == 1 else GOOD

    with ModelServer(at_first) as server, installation(sqlite_address, tmp_path) as application:
        provider(server.url)
        (item,) = drafted(application, ["Zipper broke after two days"])
        assert len(server.requests) == 2
    assert item.draft is not None
    assert item.draft.provenance.model == "openai:scripted"
    assert item.reason is None


def test_a_model_that_mends_what_it_is_told_is_not_replaced(
    sqlite_address: str, tmp_path: Path, provider: Callable[[str], None]
) -> None:
    with ModelServer("breaks_incentive", mends=True) as server, installation(sqlite_address, tmp_path) as application:
        provider(server.url)
        (item,) = drafted(application, ["Zipper broke after two days"])
    assert item.draft is not None
    assert (item.draft.provenance.writer, item.draft.provenance.attempt) == ("llm", 2)


def test_the_table_of_faults_counts_every_review_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The measurement itself: one fault against three reviews in three languages, and again from its kept row."""
    monkeypatch.setenv("OPENAI_BASE_URL", "set by the measurement")
    file = tmp_path / "reviews.jsonl"
    texts = ("Zipper broke after two days", "La cremallera se rompió a los dos días", "It burned my hand")
    lines = [json.dumps({"id": str(number), "text": text, "rating": 1}) for number, text in enumerate(texts)]
    file.write_text("\n".join(lines), encoding="utf-8")
    cases = list(cases_from(file, 4))
    assert len({case.review.text for case in cases}) == len({case.review.external_id for case in cases}) == 4
    row = measure(FaultRun(fault="breaks_tone", share=1.0, workers=4, patience=DEADLINE, draft_seconds=60), cases)
    assert row.by_template + row.read_as_escalate == row.reviews == 4
    assert (row.by_model, row.unexplained, row.without_end, row.blocked_in_queue, row.late) == (0, 0, 0, 0, 0)
    assert row.calls_per_review == 3
    assert row.reason == "llm: could not be mended (tone)"
