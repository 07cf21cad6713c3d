"""`demo`: the main job on the shipped sample reviews, with no key and no server."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from importlib import resources
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from drafter import compose
from drafter.application import Application
from drafter.commands.serving import address, listen, server
from drafter.domain.approval import Role
from drafter.domain.errors import DrafterError
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.settings import Settings, load_settings
from drafter.store import shops

DEMO_SHOP = Shop(
    name="default",
    display_name="Sunny Lane",
    platform="tiktok_shop",
    region="US",
    escalation_contact="the shop's owner",
)
DEMO_PERSON = "demo"
DRAFTING_SECONDS = 600  # after that the demo says that something is wrong


def demo() -> None:
    """Draft replies to the sample reviews and open the queue; nothing to set up, nothing leaves this machine."""
    settings = demo_settings()
    console = Console()
    with listen(settings) as listener:
        application = compose.application(settings)
        with application.database.writing() as session:
            shops.save(session, DEMO_SHOP)
        http = server(application)
        thread = threading.Thread(target=http.run, kwargs={"sockets": [listener]}, name="http", daemon=True)
        thread.start()
        try:
            ids = receive_samples(application)
            wait_for_drafts(application, http, ids, console)
            console.print(summary(application, ids))
            if os.environ.get("DRAFTER_DEMO_ONCE") != "1":
                _invite(application, address(settings, listener), console)
                _wait(thread)
        except KeyboardInterrupt:
            console.print("\nStopped. `make demo` goes on where you left off.")
        finally:
            http.should_exit = True
            thread.join(timeout=15)


def demo_settings() -> Settings:
    """Return the settings of the demo: its own database, and no model unless DRAFTER_DEMO_MODEL=1 allows it."""
    given = load_settings()
    own: dict[str, Any] = {"data_dir": given.data_dir / "demo", "database_url": None}
    if os.environ.get("DRAFTER_DEMO_MODEL") != "1":
        own |= {"model": None, "writer": "template", "reader": "embedding"}
    return load_settings(**own)


def receive_samples(application: Application) -> list[str]:
    """Take the sample reviews in, as a support tool would; return their ids. A second time nothing is new."""
    now = application.clock.now()
    ids = []
    for line in (resources.files("drafter.data") / "sample_reviews.jsonl").read_text(encoding="utf-8").splitlines():
        review, case_facts = sample(json.loads(line), now)
        ids.append(application.intake.receive(DEMO_SHOP.name, review, case_facts).review_id)
    return ids


def sample(line: dict[str, Any], now: datetime) -> tuple[Review, dict[str, str]]:
    """Return a line of the sample as a review that was written `age_hours` ago, and its case facts."""
    fields = {key: value for key, value in line.items() if key not in ("age_hours", "case_facts")}
    written = now - timedelta(hours=line["age_hours"])
    return Review.model_validate(fields | {"created_at": written}), line.get("case_facts") or {}


def wait_for_drafts(application: Application, http: Any, ids: list[str], console: Console) -> None:  # noqa: ANN401  # uvicorn's server, which is imported when it is needed
    """Show a progress bar until each review is before a person. Raises DrafterError if that takes too long."""
    give_up = time.monotonic() + DRAFTING_SECONDS
    columns = (TextColumn("Drafting replies"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("drafting", total=len(ids))
        waiting = ids
        while waiting:
            waiting = [id_ for id_ in waiting if application.intake.status(id_).state == "drafting"]
            bar.update(task, completed=len(ids) - len(waiting))
            if http.should_exit or time.monotonic() > give_up:
                raise DrafterError(f"{len(waiting)} drafts did not get ready. `drafter doctor` says what is missing.")
            time.sleep(0.2)


def summary(application: Application, ids: list[str]) -> Table:
    """Return a table of what became of the sample."""
    counts: Counter[str] = Counter()
    routes: dict[str, Counter[str]] = {}
    for review_id in ids:
        item_id = application.intake.status(review_id).item_id
        if item_id is None:
            continue
        item = application.approvals.item(item_id).item
        name = item.situation.situation.value
        counts[name] += 1
        routes.setdefault(name, Counter())[item.route.value] += 1
    table = Table("situation", "reviews", "drafted", "to a person", "no reply", title="What became of the sample")
    for name, count in counts.most_common():
        by = routes[name]
        table.add_row(name, str(count), str(by["draft"]), str(by["escalate"]), str(by["no_reply"]))
    total = sum(routes.values(), Counter())
    table.add_section()
    figures = (total["draft"], total["escalate"], total["no_reply"])
    table.add_row("all", str(sum(counts.values())), *map(str, figures))
    return table


def sign_in_link(application: Application, base: str) -> str:
    """Return a one-time sign-in link of the demo's own person, who may do everything."""
    person = application.people.ensure(DEMO_PERSON, Role.ADMIN)
    return f"{base}/sign-in/{application.people.link(person.id)}"


def _invite(application: Application, base: str, console: Console) -> None:
    console.print("\nOpen the queue (this sign-in link works once):")
    console.print(sign_in_link(application, base), soft_wrap=True, highlight=False, style="bold")
    port = base.rpartition(":")[2]
    console.print(
        f"Another link: DRAFTER_PORT={port} .venv/bin/drafter demo-link. Ctrl-C stops the demo.", highlight=False
    )


def _wait(thread: threading.Thread) -> None:
    while thread.is_alive():
        thread.join(timeout=0.5)


def demo_link() -> None:
    """Print another one-time sign-in link for the demo."""
    settings = demo_settings()
    application = compose.application(settings, role="command")
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    typer.echo(sign_in_link(application, base.rstrip("/")))
