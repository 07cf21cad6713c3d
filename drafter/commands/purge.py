"""`purge`: remove reviews with all that is held about them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from drafter import compose
from drafter.domain.errors import BadInput
from drafter.retention import AT_ONCE
from drafter.settings import load_settings


def purge(
    review: Annotated[str | None, typer.Option(help="One review, by its id: decided or not, for good.")] = None,
    older_than: Annotated[
        int | None, typer.Option(min=1, help="Days since the last decision; without it DRAFTER_KEEP_DAYS.")
    ] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove reviews, their drafts, decisions, replies and translations; figures without text stay."""
    if review is not None and older_than is not None:
        raise BadInput("Give --review or --older-than, not both.")
    settings = load_settings()
    days = older_than or settings.keep_days
    if review is None and days is None:
        raise BadInput("Nothing says what may go: give --review ID or --older-than DAYS, or set DRAFTER_KEEP_DAYS.")
    _ask(f"review {review}" if review else f"what was decided and delivered more than {days} days ago", yes=yes)
    retention = compose.application(settings, role="command").retention
    if review is not None:
        retention.remove(review)
        typer.echo(f"Review {review} is removed. Backups that were made before still hold it.")
        return
    swept = retention.sweep(days)
    removed = swept.removed
    while swept.removed == AT_ONCE:
        swept = retention.sweep(days)
        removed += swept.removed
    typer.echo(f"{removed} reviews are removed. Backups that were made before still hold them.")
    if swept.undecided or swept.undelivered:
        typer.echo(
            f"As old, and kept: {swept.undecided} undecided, {swept.undelivered} with a reply that has not arrived."
        )


def _ask(what: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise BadInput("There is no terminal to ask: say --yes.")
    typer.confirm(f"Remove {what}? It cannot be undone.", abort=True)
