"""Pages for admins: people and keys. A secret is shown on the page that answers its making, and never again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from drafter.domain.approval import Role
from drafter.domain.errors import BadInput, Conflict
from drafter.people import Scope
from drafter.store import shops as stored_shops
from drafter.web.guard import Admin, Posted, Visitor, common, text_of
from drafter.web.pages import Notice, status_of
from drafter.web.site import Here, Site
from drafter.web.times import ago

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Secret:
    """Something that is shown once."""

    title: str
    value: str
    text: str


@router.get("/people")
def people(here: Here, admin: Admin) -> Response:
    """Show everybody who may sign in."""
    return _people(here, admin)


@router.post("/people")
def add_person(here: Here, admin: Admin, form: Posted) -> Response:
    """Add a person."""
    try:
        role = _role(text_of(form, "role"))
        here.application.people.create(text_of(form, "name") or "", role, password=text_of(form, "password") or None)
    except (BadInput, Conflict) as error:
        return _people(here, admin, error=error)
    return RedirectResponse("/people", status_code=303)


@router.post("/people/{person_id}/link")
def make_link(request: Request, here: Here, admin: Admin, person_id: str, _: Posted) -> Response:
    """Make a one-time sign-in link for a person, and show it."""
    token = here.application.people.link(person_id)
    base = here.application.settings.public_url or str(request.base_url)
    text = "It works once, within half an hour. Give it to this person only; it is not shown again."
    secret = Secret(title="Sign-in link", value=f"{base.rstrip('/')}/sign-in/{token}", text=text)
    return _people(here, admin, secret=secret)


@router.post("/people/{person_id}/deactivate")
def deactivate(here: Here, admin: Admin, person_id: str, _: Posted) -> Response:
    """Keep a person out; not oneself, so that an admin is left."""
    if person_id == admin.actor.id:
        return _people(here, admin, error=Conflict("You cannot deactivate yourself. Ask another admin."))
    here.application.people.deactivate(person_id)
    return RedirectResponse("/people", status_code=303)


@router.get("/keys")
def keys(here: Here, admin: Admin) -> Response:
    """Show the keys of tools."""
    return _keys(here, admin)


@router.post("/keys")
def make_key(here: Here, admin: Admin, form: Posted) -> Response:
    """Make a key, and show its token."""
    scopes = [scope for scope in form.getlist("scopes") if isinstance(scope, str)]
    try:
        made = here.application.people.create_key(
            text_of(form, "name") or "", text_of(form, "shop") or "default", scopes
        )
    except BadInput as error:
        return _keys(here, admin, error=error)
    text = "Copy it into your tool now: we keep only its hash, so it is not shown again."
    return _keys(here, admin, secret=Secret(title=f"The key for {made.key.name}", value=made.token, text=text))


@router.post("/keys/{key_id}/revoke")
def revoke(here: Here, _admin: Admin, key_id: str, _: Posted) -> Response:
    """Make a key useless."""
    here.application.people.revoke_key(key_id)
    return RedirectResponse("/keys", status_code=303)


def _people(
    site: Site, admin: Visitor, *, secret: Secret | None = None, error: BadInput | Conflict | None = None
) -> Response:
    context = {"here": "people", "people": site.application.people.all(), "roles": [role.value for role in Role]}
    return _answer(site, admin, "people.html", context, secret, error)


def _keys(
    site: Site, admin: Visitor, *, secret: Secret | None = None, error: BadInput | Conflict | None = None
) -> Response:
    now = site.application.clock.now()
    known = site.application.people.keys()
    keys = [
        {
            "id": key.id,
            "name": key.name,
            "shop": key.shop,
            "scopes": [scope.value for scope in key.scopes],
            "active": key.revoked_at is None,
            "last_used": ago(key.last_used_at, now) if key.last_used_at else None,
        }
        for key in known
    ]
    with site.application.database.reading() as session:
        shops = stored_shops.list_all(session)
    context = {"here": "keys", "keys": keys, "shops": shops, "scopes": [scope.value for scope in Scope]}
    return _answer(site, admin, "keys.html", context, secret, error)


def _answer(
    site: Site,
    admin: Visitor,
    template: str,
    context: dict[str, Any],
    secret: Secret | None,
    error: BadInput | Conflict | None,
) -> Response:
    status, title = status_of(error) if error else (200, "")
    notice = Notice(title=title, text=str(error)) if error else None
    return site.render(template, status, **common(admin), **context, secret=secret, notice=notice)


def _role(name: str | None) -> Role:
    try:
        return Role(name or "")
    except ValueError:
        raise BadInput("A person is an approver, a lead or an admin.") from None
