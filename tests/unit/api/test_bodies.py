"""Bodies: read up to a limit, and refused unless they are JSON in UTF-8."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from drafter.api import bodies
from drafter.api.bodies import Drained, check_address, check_body, read_body
from drafter.api.problems import ApiProblem


def scope(**headers: str) -> Scope:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": "POST", "path": "/v1/reviews", "headers": raw, "query_string": b""}


def source(*pieces: bytes) -> tuple[Receive, list[bytes]]:
    left = list(pieces)

    async def receive() -> Message:
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    return receive, left


def refusal_of(body: bytes, content_type: str = "application/json") -> ApiProblem:
    with pytest.raises(ApiProblem) as caught:
        check_body(Request(scope(content_type=content_type)), body)
    return caught.value


async def test_a_body_in_pieces_is_put_together() -> None:
    receive, _ = source(b'{"a"', b":1}")
    assert await read_body(scope(), receive, 100) == b'{"a":1}'


async def test_an_announced_length_over_the_limit_is_refused_without_reading() -> None:
    receive, left = source(b"x" * 2000)
    with pytest.raises(ApiProblem) as caught:
        await read_body(scope(content_length="2000"), receive, 1000)
    assert caught.value.name == "too-large"
    assert len(left) == 1


async def test_a_chunked_body_is_read_only_up_to_the_limit() -> None:
    receive, left = source(*[b"x" * 400] * 10)
    with pytest.raises(ApiProblem, match="1000 bytes"):
        await read_body(scope(), receive, 1000)
    assert len(left) == 7


@pytest.mark.parametrize("length", ["-1", "many", "1.5", "9" * 5000])
async def test_an_odd_content_length_is_refused(length: str) -> None:
    receive, left = source(b"{}")
    with pytest.raises(ApiProblem):
        await read_body(scope(content_length=length), receive, 1000)
    assert left


@pytest.mark.parametrize("body", [b"", b"{}", "\ufeff{}".encode(), '{"text":"\u0e14\u0e35"}'.encode()])
def test_json_in_utf_8_passes(body: bytes) -> None:
    check_body(Request(scope(content_type="application/json; charset=UTF-8")), body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"text": "caf\xe9"}', "not valid UTF-8: byte 13"),
        ('{"text": "x"}'.encode("utf-16"), "not valid UTF-8"),
        (b'{"text": ', "line 1, column 10"),
        (b'{"rating": NaN}', "NaN, which is not a JSON value"),
        (b'{"rating": -Infinity}', "-Infinity"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"rating": ' + b"9" * 5000 + b"}", "number that cannot be read"),
    ],
)
def test_anything_else_is_refused_with_its_place(body: bytes, words: str) -> None:
    problem = refusal_of(body)
    assert problem.name == "invalid-json"
    assert words in str(problem)


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
def test_a_body_that_is_not_sent_as_json_is_refused(content_type: str) -> None:
    assert refusal_of(b"{}", content_type).name == "unsupported-media-type"


@pytest.mark.parametrize("address", [{"path": "/v1/reviews/\0"}, {"query_string": b"cursor=%00"}])
def test_a_nul_in_the_address_is_refused(address: dict[str, Any]) -> None:
    with pytest.raises(ApiProblem, match="NUL"):
        check_address({**scope(), **address})


async def refusing(_: Scope, __: Receive, send: Send) -> None:
    """An application that answers without a look at the body."""
    await send({"type": "http.response.start", "status": 413, "headers": []})
    await send({"type": "http.response.body", "body": b"too large"})


async def read_before_the_answer(pieces: list[bytes], **headers: str) -> int:
    """Return how many pieces of a body had been read when the refusal began."""
    receive, left = source(*pieces)
    read: list[int] = []

    async def send(_: Message) -> None:
        read.append(len(pieces) - len(left))

    await Drained(refusing)(scope(**headers), receive, send)
    return read[0]


async def test_the_rest_of_a_refused_body_is_taken_in_before_the_answer() -> None:
    """Else the server would reset the connection, and the sender would lose the answer."""
    assert await read_before_the_answer([b"x" * 1000] * 1000) == 1000


async def test_an_endless_body_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "DRAINED_BYTES", 5000)
    assert await read_before_the_answer([b"x" * 1000] * 1000) == 5


async def test_a_sender_that_waits_to_be_asked_is_not_asked_for_a_refused_body() -> None:
    assert await read_before_the_answer([b"x"], expect="100-continue") == 0
