"""API keys as bearer tokens: who asks, for which shop, and what the key may do.

The middleware looks at the key before anything else of the request is read, and lets nobody pass without one.
Each route then names the scope it needs (`ReviewsWriter` and its like), which puts it into the OpenAPI document too.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer, SecurityScopes
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from drafter.api.problems import CHALLENGE, ApiProblem, refuse
from drafter.domain.errors import NotSignedIn
from drafter.people import ApiKey, People

_KEY = "drafter.key"  # where the request's key is found in the scope

_scheme = HTTPBearer(
    auto_error=False, scheme_name="ApiKey", description="An API key of one shop, made with `drafter keys create`."
)


class Authentication:
    """Lets requests pass that carry a valid key."""

    def __init__(self, app: ASGIApp, people: People) -> None:
        self._app = app
        self._people = people

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the request's key and put it into the scope."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            token = bearer_token(Request(scope).headers.get("authorization"))
            scope[_KEY] = await run_in_threadpool(self._people.key_of, token)
        except NotSignedIn:
            headers = {"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'}
            detail = (
                "This API key is not known here, or has been revoked. Check it, or make one with `drafter keys create`."
            )
            await refuse(scope, ApiProblem("not-signed-in", detail, headers=headers))(scope, receive, send)
        except ApiProblem as problem:
            await refuse(scope, problem)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def bearer_token(authorization: str | None) -> str:
    """Return the token of an Authorization header.

    Raises:
        ApiProblem: there is none.
    """
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip() or not token.isprintable():
        detail = "Send an API key in the header `Authorization: Bearer KEY`."
        raise ApiProblem("not-signed-in", detail, headers={"WWW-Authenticate": CHALLENGE})
    return token.strip()


def key_in(scope: Scope) -> ApiKey | None:
    """Return the key that a request came with; None where the middleware did not see it."""
    key = scope.get(_KEY)
    return key if isinstance(key, ApiKey) else None


def checked_key(request: Request, needed: SecurityScopes, _: Annotated[object, Depends(_scheme)]) -> ApiKey:
    """Return the request's key, once it is known to cover the route's scopes.

    Raises:
        ApiProblem: it does not, or there is no key.
    """
    key = key_in(request.scope)
    if key is None:
        bearer_token(None)
        raise AssertionError("unreachable: a missing token raises")
    missing = [scope for scope in needed.scopes if scope not in key.scopes]
    if missing:
        detail = f"This needs the scope {missing[0]}, which the key {key.name!r} does not have. Use a key that has it."
        challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{" ".join(needed.scopes)}"'
        raise ApiProblem("not-allowed", detail, headers={"WWW-Authenticate": challenge})
    return key


ReviewsWriter = Annotated[ApiKey, Security(checked_key, scopes=["reviews:write"])]
ReviewsReader = Annotated[ApiKey, Security(checked_key, scopes=["reviews:read"])]
ItemsReader = Annotated[ApiKey, Security(checked_key, scopes=["items:read"])]
ItemsDecider = Annotated[ApiKey, Security(checked_key, scopes=["items:decide"])]
RepliesReader = Annotated[ApiKey, Security(checked_key, scopes=["replies:read"])]
RepliesWriter = Annotated[ApiKey, Security(checked_key, scopes=["replies:write"])]
ShopsReader = Annotated[ApiKey, Security(checked_key, scopes=["shops:read"])]
ShopsWriter = Annotated[ApiKey, Security(checked_key, scopes=["shops:write"])]
