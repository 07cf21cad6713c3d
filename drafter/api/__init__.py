"""The JSON API under `/v1`.

`install` puts it into an application. The API is an application of its own, so that its error answers, its limits
and its keys never meet the pages for people.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, NoReturn

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from drafter.api import approved, insights, items, replies, reviews, voices
from drafter.api.auth import Authentication
from drafter.api.bodies import BodyGuard, Drained
from drafter.api.documents import PREFIX, document
from drafter.api.failures import Failures
from drafter.api.headers import NoStore
from drafter.api.health import health_router
from drafter.api.idempotency import Idempotency
from drafter.api.limits import RateLimit, TokenBuckets
from drafter.api.metrics import Counted, RequestCounts
from drafter.api.problems import ApiProblem, on_api_problem, on_drafter_error, on_http_exception
from drafter.api.validation import on_validation_error
from drafter.application import Application
from drafter.domain.errors import DrafterError

__all__ = ["create_api", "install"]

_Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]
_HANDLERS: Mapping[int | type[Exception], _Handler] = {
    ApiProblem: on_api_problem,
    DrafterError: on_drafter_error,
    HTTPException: on_http_exception,
    RequestValidationError: on_validation_error,
}


def install(app: FastAPI, application: Application) -> None:
    """Serve the API under `/v1`, and `/openapi.json`, `/healthz`, `/readyz` and `/metrics` beside it.

    `app` is made with `openapi_url=None`, since the document of the API is the one at that address.
    """
    counts = RequestCounts()
    api = create_api(application, counts)
    beside = health_router(application, counts)
    app.include_router(beside)
    _refuse_other_methods(app, beside)

    def openapi(_: Request) -> JSONResponse:
        return JSONResponse(document(api, beside.routes))

    app.add_route("/openapi.json", openapi, include_in_schema=False)
    app.mount(PREFIX, api)
    # what no mounted part takes, such as a path with a line break, is refused in the same form
    app.add_exception_handler(HTTPException, on_http_exception)


def _refuse_other_methods(app: FastAPI, beside: APIRouter) -> None:
    """Answer 405 where the pages, which take every address that is left, would say that there is nothing."""

    def refuse(_: Request) -> NoReturn:
        raise HTTPException(405, headers={"Allow": "GET"})

    for route in beside.routes:
        if isinstance(route, APIRoute):
            methods = ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
            app.add_route(route.path, refuse, methods=methods, include_in_schema=False)


def create_api(application: Application, counts: RequestCounts) -> FastAPI:
    """Return the API as an application of its own, to be mounted under `/v1`.

    A request passes the middleware in this order: who asks is known before the body is read, and the body is known
    to be JSON before it is compared with an earlier one.
    """
    api = FastAPI(
        title="Drafter",
        openapi_url=None,  # `install` serves one document for everything
        redirect_slashes=False,  # a redirected POST would lose its body
        exception_handlers=dict(_HANDLERS),
        middleware=[
            Middleware(Counted, counts=counts),
            Middleware(NoStore),
            Middleware(Drained),
            Middleware(Failures),
            Middleware(Authentication, people=application.people),
            Middleware(RateLimit, buckets=TokenBuckets(application.settings.requests_per_minute)),
            Middleware(BodyGuard, max_bytes=application.settings.max_body_bytes),
            Middleware(Idempotency, database=application.database, clock=application.clock),
        ],
    )
    api.state.application = application
    for part in (reviews, items, replies, approved, voices, insights):
        api.include_router(part.router)
    return api
