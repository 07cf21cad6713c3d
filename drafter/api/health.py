"""For machines that watch: is the process alive, can it work, and what has it done."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC

from fastapi import APIRouter, Response
from sqlalchemy import text
from starlette.responses import JSONResponse, PlainTextResponse

from drafter.api.metrics import CONTENT_TYPE, RequestCounts, Sample, family
from drafter.api.usage import usage_families
from drafter.application import Application
from drafter.store.attempts import by_outcome
from drafter.store.costs import refused_by_budget
from drafter.store.figures import items_by_state, undelivered

_log = logging.getLogger(__name__)


def health_router(application: Application, counts: RequestCounts) -> APIRouter:
    """Return the routes that need no key and tell nothing about a shop."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="The process is alive")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", summary="The process can work", responses={503: {"description": "A part cannot work."}})
    def readyz() -> Response:
        parts = availability(application)
        ready = all(parts.values())
        words = {part: "ok" if available else "unavailable" for part, available in parts.items()}
        return JSONResponse({"status": "ok" if ready else "unavailable", "parts": words}, 200 if ready else 503)

    @router.get("/metrics", summary="Counters in Prometheus' text form", response_class=PlainTextResponse)
    def metrics() -> Response:
        return Response(metrics_text(application, counts), media_type=CONTENT_TYPE)

    return router


def availability(application: Application) -> dict[str, bool]:
    """Return whether each part can work that requests depend on."""
    return {
        "database": _works(lambda: _touch_database(application)),
        "jobs": _works(application.engine.waiting),
    }


def metrics_text(application: Application, counts: RequestCounts) -> str:
    """Return all metric families; those of the database only while it can be reached."""
    parts = availability(application)
    available: list[Sample] = [({"part": part}, int(works)) for part, works in parts.items()]
    families = [
        family("drafter_part_available", "gauge", "Whether a part can work.", available),
        family("drafter_http_requests_total", "counter", "API requests answered.", counts.samples()),
    ]
    if all(parts.values()):
        families += _stored_families(application)
    return "".join(families)


def _stored_families(application: Application) -> list[str]:
    midnight = application.clock.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with application.database.reading() as session:
        states, failed = items_by_state(session), undelivered(session)
        outcomes, refused = by_outcome(session, midnight), refused_by_budget(session, midnight)
    items: list[Sample] = [({"state": state.value}, count) for state, count in states.items()]
    waiting: list[Sample] = [({}, application.engine.waiting())]
    return [
        family("drafter_items", "gauge", "Approval items by state.", items),
        family("drafter_replies_not_delivered", "gauge", "Approved replies that did not arrive.", [({}, failed)]),
        family("drafter_drafting_jobs_waiting", "gauge", "Drafting jobs that have not ended.", waiting),
        *usage_families(outcomes, refused),
    ]


def _touch_database(application: Application) -> None:
    with application.database.reading() as session:
        session.execute(text("SELECT 1"))


def _works(look: Callable[[], object]) -> bool:
    try:
        look()
    except Exception as error:  # noqa: BLE001  # whatever it is, the part cannot work; what it is goes to the log
        _log.error("health.unavailable", extra={"error": type(error).__qualname__})
        return False
    return True
