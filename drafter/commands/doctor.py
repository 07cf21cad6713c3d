"""`doctor`: what is configured, what is missing, and how to mend it."""

from __future__ import annotations

import platform
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url

from drafter import compose
from drafter.application import Application
from drafter.commands.checkup import Check
from drafter.commands.model_checks import models
from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.errors import DrafterError
from drafter.domain.review import Review
from drafter.domain.situation import Channel
from drafter.settings import Settings, load_settings
from drafter.store import shops
from guardrails.policies import old_sources
from guardrails.policies.pack import FRESH_DAYS

_COLOURS = {"ok": "green", "note": "yellow", "missing": "red"}


def doctor(
    *,
    ask_model: Annotated[
        bool, typer.Option("--ask-model", help="Make one small call of each model; it may cost.")
    ] = False,
) -> None:
    """Say what is configured, what is missing and how to mend it; exit 1 if something needed is missing."""
    checks = [_python(), *_settings_checks(ask_model=ask_model)]
    table = Table("part", "state", "what is there, or what to do", title="Drafter on this machine")
    for check in checks:
        table.add_row(check.part, f"[{_COLOURS[check.state]}]{check.state}", check.detail)
    Console().print(table)
    if any(check.state == "missing" for check in checks):
        raise typer.Exit(1)


def _python() -> Check:
    version = platform.python_version()
    return Check("Python", "ok", f"{version} on {platform.system()} {platform.machine()}")


def _policies() -> Check:
    """Say which platforms' rules somebody should read again."""
    if not (old := old_sources(datetime.now(UTC).date())):
        return Check("policies", "ok", f"every source was looked up within {FRESH_DAYS} days")
    told = ", ".join(f"{platform} {count}" for platform, count in old.items())
    return Check("policies", "note", f"sources looked up more than {FRESH_DAYS} days ago, look again: {told}")


def _settings_checks(*, ask_model: bool) -> list[Check]:
    try:
        settings = load_settings()
    except DrafterError as error:
        return [Check("settings", "missing", str(error))]
    checks = [
        _tried("embedding model", _embedding),
        _tried("guardrails", _guardrails),
        _policies(),
        _reader_and_writer(settings),
    ]
    checks += models(settings, ask=ask_model)
    try:
        application = compose.application(settings, role="command")
    except DrafterError as error:
        return [*checks, Check("database", "missing", str(error))]
    database = Check("database", "ok", make_url(settings.database_address).render_as_string(hide_password=True))
    return [*checks, database, *_installation(settings, application)]


def _tried(part: str, look: Callable[[], str]) -> Check:
    try:
        return Check(part, "ok", look())
    except Exception as error:  # noqa: BLE001  # whatever a library raises is the finding
        advice = "install the locked packages again: make clean && make test"
        return Check(part, "missing", f"{type(error).__name__}: {error}; {advice}")


def _embedding() -> str:
    vectors = compose.embedder().embed(["late and broken"])
    return f"multilingual-e5-small in process, {vectors.shape[1]} dimensions"


def _guardrails() -> str:
    case = Case(review=Review(external_id="doctor", text="It broke.", language="en"))
    reply = ReplyToCheck(case=case, channel=Channel.PUBLIC, public_reply="Call us: +1 212 555 0142. [Name]")
    codes = {finding.code for finding in compose.inspector().inspect(reply)}
    if not {"placeholder", "off_platform_contact"} <= codes:
        raise DrafterError(f"a reply with a phone number and a placeholder passed ({sorted(codes)})")
    return "a bad reply was blocked, as it must be"


def _reader_and_writer(settings: Settings) -> Check:
    try:
        parts = compose.pipeline_parts(settings)
    except DrafterError as error:
        return Check("reader and writer", "missing", str(error))
    writers = ", then ".join(dict.fromkeys(writer.name for writer in parts.writers))
    model = "" if settings.model or settings.reader_model else "; no model (DRAFTER_MODEL=openai:NAME sets one)"
    return Check("reader and writer", "ok", f"reads by {parts.reader.name}, writes by {writers}{model}")


def _installation(settings: Settings, application: Application) -> list[Check]:
    people = [person for person in application.people.all() if person.active]
    keys = [key for key in application.people.keys() if key.revoked_at is None]  # noqa: SIM118  # a method of ours
    return [
        Check("people", "ok", f"{len(people)} may sign in")
        if people
        else Check("people", "note", "nobody can sign in yet: drafter users add NAME --role admin"),
        Check("keys", "ok", f"{len(keys)} in use")
        if keys
        else Check("keys", "note", "no tool can call yet: drafter keys create NAME"),
        _webhooks(settings, application),
        _port(settings),
    ]


def _webhooks(settings: Settings, application: Application) -> Check:
    with application.database.reading() as session:
        addressed = [shop.name for shop in shops.list_all(session) if shop.webhook_url]
    if not addressed:
        return Check("hand-over", "ok", "by polling GET /v1/deliveries, or by hand from the page")
    if settings.webhook_secret is None:
        return Check("hand-over", "missing", f"{', '.join(addressed)}: set DRAFTER_WEBHOOK_SECRET (whsec_...)")
    return Check("hand-over", "ok", f"signed webhooks for {', '.join(addressed)}")


def _port(settings: Settings) -> Check:
    with socket.socket() as probe:
        if probe.connect_ex((settings.host, settings.port)) == 0:
            return Check("port", "note", f"{settings.port} is in use (by Drafter, if it runs); --port chooses another")
    return Check("port", "ok", f"{settings.host}:{settings.port} is free")
