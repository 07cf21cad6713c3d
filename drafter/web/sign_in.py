"""Coming in and going out: by name and password, or by a link that works once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from drafter.domain.errors import NotSignedIn, TooManySignIns
from drafter.web.guard import (
    SESSION,
    VISIT,
    Person,
    Posted,
    PostedByVisitor,
    cookie_name,
    set_cookie,
    text_of,
    visit_of,
    visitors_field,
)
from drafter.web.pages import Link, Notice
from drafter.web.site import Here, Site

router = APIRouter()


@router.get("/sign-in")
def sign_in_page(request: Request, here: Here, onwards: Annotated[str, Query(alias="next")] = "/queue") -> Response:
    """Show the form."""
    return _form(request, here, safe_path(onwards))


@router.post("/sign-in")
def sign_in(request: Request, here: Here, form: PostedByVisitor) -> Response:
    """Sign in with name and password."""
    name, onwards = text_of(form, "name") or "", safe_path(text_of(form, "next") or "")
    try:
        token = here.application.people.sign_in(name, text_of(form, "password") or "")
    except (NotSignedIn, TooManySignIns) as error:
        status = 429 if isinstance(error, TooManySignIns) else 403
        return _form(request, here, onwards, status, name=name, problem=str(error))
    return _welcome(here, token, onwards)


@router.get("/sign-in/{token}")
def link_page(request: Request, here: Here, token: str) -> Response:
    """Show a form that uses the link; to look at the address, as mail programs do, must not use it up."""
    visit = visit_of(here, request)
    response = here.render("sign_in_link.html", token=token, csrf_field=visitors_field(here, visit))
    set_cookie(here, response, VISIT, visit, hours=None)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@router.post("/sign-in/link")
def use_link(here: Here, form: PostedByVisitor) -> Response:
    """Sign in with a link, once."""
    try:
        token = here.application.people.use_link(text_of(form, "token") or "")
    except NotSignedIn as error:
        links = (Link(href="/sign-in", word="Sign in with a password"),)
        notice = Notice(title="This link does not work any more", text=str(error), links=links)
        return here.render("problem.html", 403, notice=notice, csrf_field="")
    return _welcome(here, token, "/queue")


@router.post("/sign-out")
def sign_out(here: Here, person: Person, _: Posted) -> Response:
    """End the sign-in, here and on the server."""
    here.application.people.sign_out(person.session)
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(
        cookie_name(here, SESSION), secure=here.application.settings.secure_cookies, httponly=True, samesite="lax"
    )
    return response


def safe_path(wish: str) -> str:
    """Return where to go after sign-in: a path of ours, never another host."""
    plain = wish.isascii() and wish.isprintable() and "\\" not in wish
    return wish if plain and wish.startswith("/") and not wish.startswith("//") else "/queue"


def _form(
    request: Request, site: Site, onwards: str, status: int = 200, *, name: str = "", problem: str | None = None
) -> Response:
    visit = visit_of(site, request)
    context = {"next": onwards, "name": name, "problem": problem, "csrf_field": visitors_field(site, visit)}
    response = site.render("sign_in.html", status, **context)
    set_cookie(site, response, VISIT, visit, hours=None)
    return response


def _welcome(site: Site, token: str, onwards: str) -> Response:
    response = RedirectResponse(onwards, status_code=303)
    set_cookie(site, response, SESSION, token, hours=site.application.settings.session_hours)
    response.delete_cookie(
        cookie_name(site, VISIT), secure=site.application.settings.secure_cookies, httponly=True, samesite="lax"
    )
    return response
