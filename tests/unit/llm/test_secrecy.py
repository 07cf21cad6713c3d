"""Neither a key nor a word of the review or of the provider's prose gets into a message, a log or a kept exception."""

import json
import logging
import traceback
from collections.abc import Callable
from io import StringIO

import pytest
from pydantic import BaseModel

from drafter import logs
from drafter.domain.errors import ModelFailed
from drafter.llm.model import ChatModel
from drafter.testing import ModelServer
from drafter.testing.chat import Answer, ChatRequest, called, said

Serve = Callable[..., ModelServer]
Make = Callable[..., ChatModel]

KEY = "sk-the-key-that-nobody-may-see"
REVIEW = "My zipper broke at the wedding of cousin Ottilie."
PROSE = f"Dear {KEY}, about {REVIEW}"


class Reply(BaseModel):
    """A reply."""

    text: str


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> StringIO:
    """Log all there is, as Drafter does where it is told to."""
    stream = StringIO()
    logs.configure("DEBUG", stream)
    logging.getLogger().addHandler(caplog.handler)
    return stream


def echo(status: int) -> Answer:
    """Return an error of a server that repeats everything it was sent, in every field."""
    error = {"message": PROSE, "type": PROSE, "code": PROSE, "param": KEY}
    return Answer(status=status, body=json.dumps({"error": error, "detail": PROSE}))


FAULTS: list[object] = [
    *(echo(status) for status in (200, 400, 401, 402, 403, 404, 409, 413, 422, 429, 500, 503)),
    Answer(body=PROSE),
    Answer(body=f'{{"id": "{PROSE}'),
    Answer(headers={"content-type": "text/html"}, body=f"<html>{PROSE}</html>"),
    Answer(status=500, headers={"content-type": "text/html"}, body=f"<html>{PROSE}</html>"),
    lambda request: called(request, json.dumps({"words": PROSE, PROSE: 1})),
    lambda request: called(request, json.dumps({"text": [PROSE]})),
    lambda request: called(request, f'{{"text": "{PROSE}'),
    lambda request: said(request, PROSE),
    lambda request: said(request, PROSE, reason="length"),
    "timeout",
    "reset",
    "half_body",
]


@pytest.mark.parametrize("mode", ["function_calling", "json_schema"])
@pytest.mark.parametrize("fault", FAULTS, ids=[str(number) for number in range(len(FAULTS))])
async def test_a_fault_gives_nothing_away(
    serve: Serve, model: Make, logged: StringIO, caplog: pytest.LogCaptureFixture, fault: object, mode: str
) -> None:
    """Though the server repeats all it was sent, and everything is logged that libraries have to say."""
    serve(fault)
    with pytest.raises(ModelFailed) as caught:
        await model(mode=mode, call_seconds=0.2 if fault == "timeout" else 30).ask("Answer.", REVIEW, Reply, seconds=20)
    told = "".join(traceback.format_exception(caught.value))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    records = json.dumps([record.__dict__ for record in caplog.records], default=repr)
    for text in (str(caught.value), told, logged.getvalue(), records):
        assert KEY not in text
        assert "Ottilie" not in text
    assert "llm.failed" in logged.getvalue()


async def test_an_answer_gives_nothing_away_either(
    serve: Serve, model: Make, logged: StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(request: ChatRequest) -> Answer:
        return called(request, json.dumps({"text": PROSE}))

    serve(answer)
    one = model()
    assert (await one.ask("Answer.", REVIEW, Reply, seconds=20)).answer.text == PROSE
    records = json.dumps([record.__dict__ for record in caplog.records], default=repr)
    for text in (logged.getvalue(), records, repr(one), repr(vars(one))):
        assert KEY not in text
        assert "Ottilie" not in text


async def test_the_fields_of_the_events(serve: Serve, model: Make, caplog: pytest.LogCaptureFixture) -> None:
    serve("server_error")
    one = model()
    with caplog.at_level(logging.INFO, logger="drafter.llm"):
        for _ in range(2):
            with pytest.raises(ModelFailed):
                await one.ask("Answer.", REVIEW, Reply, seconds=20)
    events = [record for record in caplog.records if record.name.startswith("drafter.llm")]
    assert [record.getMessage() for record in events] == [
        *["llm.retried"] * 3,
        "llm.failed",
        "llm.breaker_opened",
        "llm.retried",
        "llm.failed",
    ]
    for record in events:
        assert record.__dict__["model"] == "openai:scripted"
        assert record.__dict__["seconds"] >= 0
        assert record.__dict__["kind"] in {"trouble", "set_aside"}
