"""`drafter`: the commands that people type."""

from __future__ import annotations

import sys

import typer

from drafter import logs
from drafter.commands import admin, backup, demo, doctor, evaluate, insights, offline, purge, serving
from drafter.domain.errors import DrafterError

app = typer.Typer(
    name="drafter",
    help="Drafts replies to customer reviews, checks them, and lets a person decide.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(demo.demo)
app.command("demo-link")(demo.demo_link)
app.command()(serving.serve)
app.command()(serving.worker)
app.command()(offline.classify)
app.command()(offline.check)
app.command()(offline.draft)
app.add_typer(evaluate.evaluations, name="eval")
app.add_typer(insights.insights, name="insights")
app.add_typer(admin.users, name="users")
app.add_typer(admin.keys, name="keys")
app.add_typer(admin.shops, name="shops")
app.command()(backup.backup)
app.command()(purge.purge)
app.command()(doctor.doctor)


def main() -> None:
    """Run the command line; an error of ours is one clear line and exit code 2."""
    try:
        logs.configure("WARNING")  # a process that serves says more: `commands.serving`
        app()
    except DrafterError as error:
        typer.echo(f"drafter: {error}", err=True)
        sys.exit(2)
