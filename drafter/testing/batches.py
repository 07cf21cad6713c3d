"""The scripted provider's files and batches, in memory, in the form of OpenAI's Files and Batch APIs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from itertools import count
from typing import Any

from drafter.testing.chat import MODEL, Answer, ChatRequest, Manner, failure

FILES, BATCHES, CHAT = "/v1/files", "/v1/batches", "/v1/chat/completions"
_OTHER_ENDS = frozenset({"failed", "expired", "cancelled"})


@dataclass(frozen=True, kw_only=True)
class BatchScript:
    """What becomes of batches."""

    polls: int = 1  # looks at a batch by the last of which it has ended
    ends: Sequence[str] = ("completed",)  # of each batch in turn, the last one of all further ones
    answered: int = 0  # requests that were answered before a batch expired or was cancelled


@dataclass(kw_only=True)
class _Batch:
    """A batch that was made."""

    fields: dict[str, Any]
    calls: list[dict[str, Any]]
    end: str
    looks: int = 0


class Batches:
    """Files that were uploaded and batches that were made of them.

    A batch is worked off at the look by which it ends; its requests are answered by the server's own script.
    """

    def __init__(self, script: BatchScript, answer: Callable[[ChatRequest], Answer]) -> None:
        self._script = script
        self._answer = answer
        self._numbers = count(1)
        self._files: dict[str, dict[str, Any]] = {}
        self._contents: dict[str, str] = {}
        self._batches: dict[str, _Batch] = {}

    def answer(self, request: ChatRequest) -> Answer | None:
        """Return the answer to a request about files or batches; None where it is about something else."""
        path = request.path.partition("?")[0]
        for place, make, read in ((FILES, self._take_file, self._file), (BATCHES, self._make, self._look)):
            if path == place and request.method == "POST":
                return make(request.body)
            if path == place and request.method == "GET":
                return _listed(self._files.values() if place == FILES else self._told())
            if path.startswith(place + "/") and request.method == "GET":
                return read(path.removeprefix(place + "/"))
        return None

    def _take_file(self, body: Mapping[str, Any]) -> Answer:
        if body.get("purpose") != "batch" or "file" not in body:
            return failure(400, "invalid_file", "A file and the purpose batch are needed.")
        return _json(self._kept(body["file"], str(body.get("filename"))))

    def _kept(self, content: str, name: str) -> dict[str, Any]:
        number = f"file-{next(self._numbers)}"
        self._contents[number] = content
        told = {"id": number, "object": "file", "filename": name, "purpose": "batch", "status": "processed"}
        self._files[number] = told | {"bytes": len(content.encode()), "created_at": 0}
        return self._files[number]

    def _file(self, rest: str) -> Answer:
        number, _, what = rest.partition("/")
        if number not in self._files:
            return failure(404, "not_found", "There is no such file.")
        if what != "content":
            return _json(self._files[number])
        return Answer(headers={"content-type": "application/octet-stream"}, body=self._contents[number])

    def _make(self, body: Mapping[str, Any]) -> Answer:
        content = self._contents.get(str(body.get("input_file_id")))
        if content is None or body.get("endpoint") != CHAT or body.get("completion_window") != "24h":
            return failure(400, "invalid_request", "The file, the endpoint or the window is wrong.")
        calls = [json.loads(line) for line in content.splitlines()]
        ends = self._script.ends
        end = ends[min(len(self._batches), len(ends) - 1)]
        number = f"batch_{next(self._numbers)}"
        fields = {
            "id": number,
            "object": "batch",
            "created_at": 0,
            "status": "validating",
            **{name: body.get(name) for name in ("endpoint", "completion_window", "input_file_id", "metadata")},
        }
        self._batches[number] = _Batch(fields=fields, calls=calls, end=_end_of(calls, end))
        return _json(fields)

    def _told(self) -> list[dict[str, Any]]:
        return [batch.fields for batch in reversed(self._batches.values())]

    def _look(self, number: str) -> Answer:
        batch = self._batches.get(number)
        if batch is None:
            return failure(404, "not_found", "There is no such batch.")
        batch.looks += 1
        if batch.fields["status"] not in {"completed", *_OTHER_ENDS}:
            batch.fields["status"] = "in_progress"
            if batch.looks >= self._script.polls:
                self._end(batch)
        return _json(batch.fields)

    def _end(self, batch: _Batch) -> None:
        """Answer a batch's requests, and put what came of them into its files."""
        batch.fields["status"] = batch.end
        if batch.end == "failed":
            error = {"code": "invalid_json_line", "line": 1, "message": "The line cannot be used.", "param": "body"}
            batch.fields["errors"] = {"object": "list", "data": [error]}
            return
        most = len(batch.calls) if batch.end == "completed" else self._script.answered
        lines = [self._line(call) for call in batch.calls[:most]]
        good = [line for line in lines if line["error"] is None and line["response"]["status_code"] == 200]
        bad = [line for line in lines if line not in good]
        if batch.end == "expired":
            bad += [_unanswered(call, "batch_expired") for call in batch.calls[most:]]
        batch.fields["request_counts"] = {"total": len(batch.calls), "completed": len(good), "failed": len(bad)}
        for name, part in (("output", good), ("error", bad)):
            if part:
                content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in part)
                batch.fields[f"{name}_file_id"] = self._kept(content, f"{name}.jsonl")["id"]

    def _line(self, call: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._answer(ChatRequest(method="POST", path=CHAT, headers={}, body=call["body"]))
        if answer.manner is not Manner.WHOLE:
            return _unanswered(call, "server_error")
        response = {"status_code": answer.status, "request_id": MODEL, "body": json.loads(answer.body)}
        return {"id": call["custom_id"], "custom_id": call["custom_id"], "response": response, "error": None}


def form_of(raw: bytes, content_type: str) -> dict[str, Any]:
    """Return the fields of an uploaded form; the file's name stands beside it."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1")
    form: dict[str, Any] = {}
    for part in BytesParser().parsebytes(head + raw).get_payload():
        if not isinstance(part, Message):
            continue
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        form[name] = content.decode() if isinstance(content, bytes) else ""
        if part.get_filename() is not None:
            form["filename"] = part.get_filename()
    return form


def _end_of(calls: Sequence[Mapping[str, Any]], end: str) -> str:
    """Return how a batch ends; one whose requests are not for one model or not told apart is refused."""
    models = {call["body"].get("model") for call in calls}
    names = {call["custom_id"] for call in calls}
    return end if len(models) == 1 and len(names) == len(calls) else "failed"


def _unanswered(call: Mapping[str, Any], code: str) -> dict[str, Any]:
    error = {"code": code, "message": "The request was not carried out."}
    return {"id": call["custom_id"], "custom_id": call["custom_id"], "response": None, "error": error}


def _listed(found: Any) -> Answer:  # noqa: ANN401  # a view or a list
    return _json({"object": "list", "data": list(found), "has_more": False})


def _json(fields: Mapping[str, Any]) -> Answer:
    return Answer(body=json.dumps(fields, ensure_ascii=False))
