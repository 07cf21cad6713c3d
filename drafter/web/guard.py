"""Who is at the door: sessions in cookies, roles, and the proof that a form is ours.

A route that changes anything takes `Posted` (or, before sign-in, `PostedByVisitor`): reading the form and checking its
token are one step, so that none can be forgotten.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from markupsafe import Markup
from starlette.datastructures import FormData

from drafter import security
from drafter.domain.approval import Actor, Role
from drafter.domain.errors import NotAllowed, NotSignedIn
from drafter.domain.translation import READABLE
from drafter.web.site import Here, Site

SESSION, VISIT, READS = "drafter_session", "drafter_visit", "drafter_reads"
PAGES_LANGUAGE = "en"  # of the pages themselves: what a person reads until they say otherwise
CSRF_HEADER = "x-csrf-token"


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A signed-in person, with what their forms carry."""

    actor: Actor
    session: str
    csrf: str  # the token of this session's forms
    reads: str = PAGES_LANGUAGE  # the language that they read

    def reading(self, language: str) -> Visitor:
        """Return the same person, who reads another language from now on."""
        return replace(self, reads=language)


def cookie_name(site: Site, name: str) -> str:
    """Return a cookie's name; behind TLS it is bound to this host and path by its prefix."""
    return f"__Host-{name}" if site.application.settings.secure_cookies else name


def set_cookie(site: Site, response: Response, name: str, value: str, *, hours: int | None) -> None:
    """Give the browser a value that no script and no other site can use."""
    response.set_cookie(
        cookie_name(site, name),
        value,
        max_age=None if hours is None else hours * 3600,
        path="/",
        httponly=True,
        samesite="lax",
        secure=site.application.settings.secure_cookies,
    )


def visit_of(site: Site, request: Request) -> str:
    """Return the random token of a browser that has not signed in, a new one if it has none."""
    return request.cookies.get(cookie_name(site, VISIT)) or secrets.token_urlsafe(32)


def signed_in(request: Request, here: Here) -> Visitor:
    """Return who is signed in.

    Raises:
        NotSignedIn: nobody is, or the sign-in has run out.
    """
    session = request.cookies.get(cookie_name(here, SESSION))
    if not session:
        raise NotSignedIn("Sign in to see this page.")
    actor = here.application.people.person_of(session)
    reads = request.cookies.get(cookie_name(here, READS), "")
    return Visitor(
        actor=actor,
        session=session,
        csrf=security.csrf_token(here.secret, session),
        reads=reads if reads in READABLE else PAGES_LANGUAGE,
    )


Person = Annotated[Visitor, Depends(signed_in)]


def signed_in_admin(visitor: Person) -> Visitor:
    """Return who is signed in.

    Raises:
        NotAllowed: it is not an admin.
    """
    if visitor.actor.role is not Role.ADMIN:
        raise NotAllowed("Only an admin may see this page.")
    return visitor


Admin = Annotated[Visitor, Depends(signed_in_admin)]


def signed_in_lead(visitor: Person) -> Visitor:
    """Return who is signed in.

    Raises:
        NotAllowed: it is neither a lead nor an admin.
    """
    if visitor.actor.role not in (Role.LEAD, Role.ADMIN):
        raise NotAllowed("Only a lead or an admin may see this page.")
    return visitor


Lead = Annotated[Visitor, Depends(signed_in_lead)]


async def posted(request: Request, here: Here, visitor: Person) -> FormData:
    """Return the form of a signed-in person.

    Raises:
        NotAllowed: its token is not this session's.
    """
    return await _checked(request, here, visitor.session)


async def posted_by_visitor(request: Request, here: Here) -> FormData:
    """Return the form of somebody who is about to sign in.

    Raises:
        NotAllowed: its token is not this browser's.
    """
    return await _checked(request, here, request.cookies.get(cookie_name(here, VISIT), ""))


Posted = Annotated[FormData, Depends(posted)]
PostedByVisitor = Annotated[FormData, Depends(posted_by_visitor)]


async def _checked(request: Request, site: Site, session: str) -> FormData:
    form = await request.form(max_files=0, max_fields=100)
    given = request.headers.get(CSRF_HEADER) or text_of(form, "csrf")
    if not session or not security.csrf_matches(site.secret, session, given):
        raise NotAllowed("This form is no longer valid. Go back, reload the page and try again.")
    return form


def text_of(form: FormData, name: str) -> str | None:
    """Return a field's text with plain line ends; None where the form has no such field."""
    value = form.get(name)
    return value.replace("\r\n", "\n") if isinstance(value, str) else None


def visitors_field(site: Site, visit: str) -> Markup:
    """Return the hidden field of a form before sign-in."""
    return csrf_field(security.csrf_token(site.secret, visit))


def csrf_field(token: str) -> Markup:
    """Return the hidden field of a form."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(token)


def common(visitor: Visitor) -> dict[str, Any]:
    """Return what the frame of a page shows of the person."""
    return {"person": visitor.actor, "csrf": visitor.csrf, "csrf_field": csrf_field(visitor.csrf)}
