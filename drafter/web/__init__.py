"""The pages for people: sign-in, the queue, an item, what was decided, and for leads and admins what is theirs.

Rendered on the server. Every step is a plain link or a plain form; HTMX and two scripts make them quicker. The pages
are an application of their own, so that their errors are pages and their sessions never meet the API's keys.
"""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from drafter.application import Application
from drafter.web import admin, costs, decisions, insights, queue_pages, replies, sign_in, translation, voice
from drafter.web.pages import HANDLERS, BodyLimit, Failures, Headers
from drafter.web.site import STATIC, build

__all__ = ["create_pages", "install"]


def install(app: FastAPI, application: Application) -> None:
    """Serve the pages at the root of `app`. Call it last: what no other route takes is theirs."""
    app.mount("/", create_pages(application))


def create_pages(application: Application) -> FastAPI:
    """Return the pages as an application of its own."""
    pages = FastAPI(
        openapi_url=None,
        exception_handlers=dict(HANDLERS),
        middleware=[
            Middleware(Headers),
            Middleware(Failures),
            Middleware(BodyLimit, most=application.settings.max_body_bytes),
        ],
    )
    pages.state.web_site = build(application)
    for part in (sign_in, queue_pages, decisions, replies, translation, voice, insights, costs, admin):
        pages.include_router(part.router)
    pages.mount("/static", _Static(directory=STATIC))
    return pages


class _Static(StaticFiles):
    """Files that browsers may keep: their addresses change with them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file."""
        response = await super().get_response(path, scope)
        if scope["query_string"] and response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
