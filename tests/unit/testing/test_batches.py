"""The scripted provider's batches, as the client of a real provider sees them."""

from __future__ import annotations

import json
from typing import Any

import openai
from openai.types import Batch

from drafter.testing import Answer, BatchScript, ChatRequest, ModelServer
from drafter.testing.chat import failure


def lines(*texts: str) -> bytes:
    """Return a file of calls, each with one message."""
    body = {"model": "m", "messages": []}
    calls = [
        {"custom_id": text, "method": "POST", "url": "/v1/chat/completions", "body": body | {"messages": [said(text)]}}
        for text in texts
    ]
    return "".join(json.dumps(call) + "\n" for call in calls).encode()


def said(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


async def sent(client: openai.AsyncOpenAI, *texts: str) -> Batch:
    file = await client.files.create(file=("calls.jsonl", lines(*texts)), purpose="batch")
    return await client.batches.create(
        input_file_id=file.id,
        endpoint="/v1/chat/completions",
        completion_window="24h",
        metadata={"name": "mine"},
    )


async def content(client: openai.AsyncOpenAI, file: str | None) -> list[dict[str, Any]]:
    if file is None:
        return []
    return [json.loads(line) for line in (await client.files.content(file)).text.splitlines()]


def client(server: ModelServer) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=server.url, api_key="secret", max_retries=0)


async def test_a_batch_ends_at_the_look_that_the_script_names_and_its_files_hold_each_request_once() -> None:
    def answer(request: ChatRequest) -> Answer | str:
        return failure(400, "bad", "Bad.") if "broken" in request.text else "good"

    with ModelServer(answer, batches=BatchScript(polls=2)) as server:
        async with client(server) as asking:
            batch = await sent(asking, "one", "broken", "two, größer")
            assert (await asking.batches.retrieve(batch.id)).status == "in_progress"
            ended = await asking.batches.retrieve(batch.id)
            good, bad = await content(asking, ended.output_file_id), await content(asking, ended.error_file_id)
    assert ended.status == "completed"
    assert [line["custom_id"] for line in good] == ["one", "two, größer"]
    assert [(line["custom_id"], line["response"]["status_code"]) for line in bad] == [("broken", 400)]
    assert good[0]["response"]["body"]["choices"][0]["message"]["content"]
    assert len(server.batched) == 3
    assert server.requests == []


async def test_an_expired_batch_has_what_was_answered_by_then() -> None:
    with ModelServer(batches=BatchScript(ends=("expired", "completed"), answered=1)) as server:
        async with client(server) as asking:
            batch = await sent(asking, "one", "two")
            ended = await asking.batches.retrieve(batch.id)
            good, bad = await content(asking, ended.output_file_id), await content(asking, ended.error_file_id)
            later = await asking.batches.retrieve((await sent(asking, "three")).id)
    assert (ended.status, later.status) == ("expired", "completed")
    assert [line["custom_id"] for line in good] == ["one"]
    assert [line["error"]["code"] for line in bad] == ["batch_expired"]


async def test_batches_and_files_are_listed_newest_batch_first() -> None:
    with ModelServer() as server:
        async with client(server) as asking:
            await sent(asking, "one")
            second = await sent(asking, "two")
            listed = (await asking.batches.list()).data
            files = (await asking.files.list(purpose="batch")).data
    assert listed[0].id == second.id
    assert listed[0].metadata == {"name": "mine"}
    assert [file.filename for file in files] == ["calls.jsonl", "calls.jsonl"]


async def test_requests_with_one_name_fail_the_whole_batch() -> None:
    with ModelServer() as server:
        async with client(server) as asking:
            ended = await asking.batches.retrieve((await sent(asking, "one", "one")).id)
    assert ended.status == "failed"
    assert ended.errors is not None
    assert ended.errors.data
