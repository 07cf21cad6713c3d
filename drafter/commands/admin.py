"""`users`, `keys` and `shops`: who may sign in, which tools may call, and for whom."""

from __future__ import annotations

import asyncio
import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer
import yaml
from rich.console import Console
from rich.table import Column, Table

from drafter import compose
from drafter.application import Application
from drafter.commands.offline import load_shop
from drafter.domain.approval import Role
from drafter.domain.errors import BadInput
from drafter.settings import Settings, load_settings
from drafter.store import shops as stored_shops
from drafter.store.keys import Scope

users = typer.Typer(help="People who sign in: add, list, link, password, deactivate.", no_args_is_help=True)
shops = typer.Typer(help="Shops: save, show, preview, list.", no_args_is_help=True)
keys = typer.Typer(help="API keys of tools: create, list, revoke.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The name that the person signs in with.")]
PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


def _application() -> tuple[Settings, Application]:
    settings = load_settings()
    return settings, compose.application(settings, role="command")


@users.command("add")
def add_user(
    name: Name,
    role: Annotated[Role, typer.Option(help="lead may overrule checks, admin manage people too.")] = Role.APPROVER,
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
    table = Table("name", "role", "may sign in", "since")
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
    application.people.set_password(application.people.named(name).id, _password(from_stdin=password_stdin))
    typer.echo(f"The password of {name} is set.")


@users.command("deactivate")
def deactivate_user(name: Name) -> None:
    """Keep a person from signing in; what they decided stays on record."""
    _, application = _application()
    application.people.deactivate(application.people.named(name).id)
    typer.echo(f"{name} can no longer sign in.")


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="What the key is for, as it is listed.")],
    shop: Annotated[str, typer.Option(help="The shop that the key belongs to.")] = "default",
    scope: Annotated[list[Scope] | None, typer.Option(help="What it may do; all of it if left out. Repeat it.")] = None,
) -> None:
    """Create an API key; its token is shown once."""
    _, application = _application()
    created = application.people.create_key(name, shop, scope)
    typer.echo(f"Key {created.key.id} for shop {shop}: {', '.join(sorted(created.key.scopes))}", err=True)
    typer.echo("The token is shown this once; send it as `Authorization: Bearer ...`:", err=True)
    typer.echo(created.token)


@keys.command("list")
def list_keys() -> None:
    """List the API keys, without their secrets."""
    _, application = _application()
    table = Table(Column("id", no_wrap=True), "name", "shop", "scopes", "last used", "works")
    for key in application.people.keys():  # noqa: SIM118  # a method of ours
        used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never"
        works = "no" if key.revoked_at else "yes"
        table.add_row(key.id, key.name, key.shop, " ".join(sorted(key.scopes)), used, works)
    Console().print(table)


@keys.command("revoke")
def revoke_key(key_id: Annotated[str, typer.Argument(help="The key's id, as listed.")]) -> None:
    """Revoke an API key; it stops working at once."""
    _, application = _application()
    application.people.revoke_key(key_id)
    typer.echo(f"Key {key_id} no longer works.")


@shops.command("save")
def save_shop(
    file: Annotated[Path, typer.Argument(help="YAML or JSON: name, display_name, brand_voice, webhook_url, ...")],
) -> None:
    """Create a shop, or replace the one of that name."""
    _, application = _application()
    shop = load_shop(file)
    with application.database.writing() as session:
        stored_shops.save(session, shop)
    typer.echo(f"Shop {shop.name} is saved.")


@shops.command("show")
def show_shop(name: Annotated[str, typer.Argument(help="The shop's name.")] = "default") -> None:
    """Print a shop in the form that `save` reads."""
    _, application = _application()
    with application.database.reading() as session:
        shop = stored_shops.get(session, name)
    typer.echo(yaml.safe_dump(shop.model_dump(mode="json"), allow_unicode=True, sort_keys=False), nl=False)


@shops.command("preview")
def preview_shop(file: Annotated[Path, typer.Argument(help="The shop with its voice as it would be.")]) -> None:
    """Draft the same three reviews in the shop's voice as it is and as the file has it; nothing is stored."""
    _, application = _application()
    wanted = load_shop(file)
    voice = {field: getattr(wanted.brand_voice, field) for field in type(wanted.brand_voice).model_fields}
    for pair in asyncio.run(application.voices.preview(wanted.name, voice)).compared:
        typer.echo(f"\n# {pair.sample.need}: {' '.join(pair.sample.case.review.full_text.split())}")
        for title, prepared in (("as it is", pair.before), ("as it would be", pair.after)):
            draft = prepared.draft
            typer.echo(f"\n{title}: {draft.public_reply if draft else 'no draft'}")
            if draft and draft.private_message:
                typer.echo(f"  in private: {draft.private_message}")
            for finding in prepared.findings:
                typer.echo(f"  {finding.severity}: {finding.message}")
            if note := draft.provenance.fallback_reason if draft else prepared.reason:
                typer.echo(f"  note: {note}")


@shops.command("list")
def list_shops() -> None:
    """List the shops."""
    _, application = _application()
    table = Table("name", "shown as", "platform", "region", "hand-over")
    with application.database.reading() as session:
        for shop in stored_shops.list_all(session):
            way = "webhook" if shop.webhook_url else "polling or by hand"
            table.add_row(shop.name, shop.display_name, shop.platform, shop.region or "", way)
    Console().print(table)


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
