"""Whatever is sent, the answer is one of ours: never an unexpected failure, and never half a problem."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from drafter.domain.approval import DecisionKind
from drafter.domain.review import Review

_TEXT = st.text(alphabet=st.characters(codec=None), max_size=12)  # half surrogates and NUL among them
_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_REVIEW = st.fixed_dictionaries(
    {"external_id": _TEXT | st.just("r-1")},
    optional={name: _VALUE for name in Review.model_fields if name not in {"external_id", "shop"}}
    | {"rating": st.integers(0, 6)},
)
_DECISION = st.fixed_dictionaries(
    {"kind": st.sampled_from(DecisionKind).map(lambda kind: kind.value) | _TEXT, "actor": st.just("maria") | _VALUE},
    optional=dict.fromkeys(("reason", "public_reply", "private_message", "instruction"), _TEXT | _VALUE),
)
_settings = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def database_address(sqlite_address: str) -> str:
    """PostgreSQL has its own cases; this one looks at many inputs."""
    return sqlite_address


def post(client: TestClient, path: str, body: object, **headers: str) -> Any:
    return client.post(path, content=json.dumps(body), headers={"Content-Type": "application/json", **headers})


def check(answer: Any) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code
        assert answer.json()["detail"]


@given(review=_REVIEW, facts=_VALUE)
@_settings
def test_any_review(client: TestClient, review: Any, facts: Any) -> None:
    check(post(client, "/v1/reviews", {"review": review, "case_facts": facts}))
    check(post(client, "/v1/reviews", {"review": review}))


@given(body=_VALUE)
@_settings
def test_any_body_anywhere(client: TestClient, body: Any) -> None:
    for path in ("reviews", "items/x/preview", "deliveries/x/posted", "deliveries/x/failed"):
        check(post(client, f"/v1/{path}", body))


@given(decision=_DECISION, version=st.integers(-1, 9))
@_settings
def test_any_decision(client: TestClient, item_id: str, decision: Any, version: int) -> None:
    headers = {"If-Match": f'"{version}"'}
    check(post(client, f"/v1/items/{item_id}/decisions", decision, **headers))


@given(name=_TEXT, view=_TEXT, cursor=_TEXT, limit=_TEXT)
@_settings
def test_any_address(client: TestClient, name: str, view: str, cursor: str, limit: str) -> None:
    query = {"view": view, "cursor": cursor, "limit": limit}
    check(client.get("/v1/items?" + urlencode(query, errors="surrogatepass")))
    check(client.get("/v1/items?" + urlencode({"cursor": cursor}, errors="surrogatepass")))
    check(client.get("/v1/items/item" + quote(name, safe="", errors="surrogatepass")))
