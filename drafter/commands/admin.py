"""`users` and `keys`: who may sign in, and which tools may call."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from drafter import compose
from drafter.application import Application
from drafter.domain.approval import Role
from drafter.domain.errors import BadInput
from drafter.settings import Settings, load_settings

users = typer.Typer(help="People who sign in: add, list, link, password, deactivate.", no_args_is_help=True)
keys = typer.Typer(help="API keys of tools: create, list, revoke.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The name that the person signs in with.")]
PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


def _application() -> tuple[Settings, Application]:
    settings = load_settings()
    return settings, compose.application(settings, role="command")


@users.command("add")
def add_user(
    name: Name,
    role: Annotated[
        Role, typer.Option(help="approver, lead (may overrule) or admin (may manage people)")
    ] = Role.APPROVER,
    *,
    password_stdin: PasswordStdin = False,
    link: Annotated[bool, typer.Option("--link", help="No password: print a one-time sign-in link.")] = False,
) -> None:
    """Add a person."""
    settings, application = _application()
    password = None if link else _password(from_stdin=password_stdin)
    person = application.people.create(name, role, password=password)
    typer.echo(f"{person.name} may sign in as {person.role}.")
    if link:
        typer.echo(link_address(settings, application.people.link(person.id)))


@users.command("list")
def list_users() -> None:
    """List the people."""
    _, application = _application()
    table = Table("name", "role", "active", "since")
    for person in application.people.all():
        table.add_row(person.name, person.role.value, "yes" if person.active else "no", f"{person.created_at:%Y-%m-%d}")
    Console().print(table)


@users.command("link")
def link_user(name: Name) -> None:
    """Print a one-time sign-in link for a person."""
    settings, application = _application()
    typer.echo(link_address(settings, application.people.link(application.people.named(name).id)))


@users.command("password")
def set_password(name: Name, *, password_stdin: PasswordStdin = False) -> None:
    """Set a person's password; their open sign-ins end."""
    _, application = _application()
    person = application.people.named(name)
    application.people.set_password(person.id, _password(from_stdin=password_stdin))
    typer.echo(f"The password of {person.name} is set.")


@users.command("deactivate")
def deactivate_user(name: Name) -> None:
    """Keep a person from signing in; what they decided stays on record."""
    _, application = _application()
    person = application.people.named(name)
    application.people.deactivate(person.id)
    typer.echo(f"{person.name} can no longer sign in.")


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="What the key is for, as it is listed.")],
    shop: Annotated[str, typer.Option(help="The shop that the key belongs to.")] = "default",
    scope: Annotated[list[str] | None, typer.Option(help="What it may do; all scopes if left out. Repeat it.")] = None,
) -> None:
    """Create an API key; its secret is shown once."""
    _, application = _application()
    created = application.people.create_key(name, shop, scope)
    typer.echo(f"Key {created.key.id} for shop {shop}: {', '.join(created.key.scopes)}", err=True)
    typer.echo("The token is shown this once; send it as `Authorization: Bearer ...`:", err=True)
    typer.echo(created.token)


@keys.command("list")
def list_keys() -> None:
    """List the API keys, without their secrets."""
    _, application = _application()
    table = Table("id", "name", "shop", "scopes", "last used", "revoked")
    for key in application.people.keys():
        used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never"
        table.add_row(key.id, key.name, key.shop, " ".join(key.scopes), used, "yes" if key.revoked_at else "no")
    Console().print(table)


@keys.command("revoke")
def revoke_key(key_id: Annotated[str, typer.Argument(help="The key's id, as listed.")]) -> None:
    """Revoke an API key; it stops working at once."""
    _, application = _application()
    application.people.revoke_key(key_id)
    typer.echo(f"Key {key_id} no longer works.")


def link_address(settings: Settings, token: str) -> str:
    """Return the address of a sign-in link."""
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return f"{base.rstrip('/')}/sign-in/{token}"


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise BadInput("There is no terminal to ask for a password: use --password-stdin, or --link for a link.")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Again: "):
        raise BadInput("The two passwords differ. Nothing was changed.")
    return password
