"""What the scripted model server is asked and what it answers, in the form of the Chat Completions API."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from drafter.domain.yaml_files import parsed

MODEL = "scripted"  # what the server calls itself: no answer of it is ever taken for a real model's

_LANGUAGE = re.compile(r"^Language of the answer:(.*)$", re.MULTILINE)
_CHANNEL = re.compile(r"^Channel:(.*)$", re.MULTILINE)
_TO_MEND = re.compile(r"^What was wrong with your last draft[^\n]*\n\s*-", re.MULTILINE)


class Manner(StrEnum):
    """How an answer leaves the server."""

    WHOLE = "whole"
    NEVER = "never"  # the connection stays open without an answer
    DRIPS = "drips"  # a byte now and then, and no end
    CUT_OFF = "cut_off"  # the connection is closed in the middle of the body
    RESET = "reset"  # the connection is closed without an answer


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the server sends back."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    manner: Manner = Manner.WHOLE
    seconds: float = 0.0  # that the model thinks before it answers


@dataclass(frozen=True, kw_only=True)
class ChatRequest:
    """A request that the server received."""

    method: str
    path: str
    headers: Mapping[str, str]  # names in lower case; none that holds a key
    body: Mapping[str, Any]  # empty where there was none
    turn: int = 1  # how many times these same messages were sent by now, this time included

    @property
    def text(self) -> str:
        """All messages, one under the other."""
        return "\n".join(_words(message.get("content")) for message in self.body.get("messages", ()))

    @property
    def conversation(self) -> str:
        """A hash of the messages: a request that is repeated has the same."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def language(self) -> str:
        """The language that the prompt asks for, as its code; `en` where it names none that is known."""
        asked = _LANGUAGE.search(self.text)
        return (_known(asked[1], _names()) if asked else None) or "en"

    @property
    def channel(self) -> str:
        """The channel that the prompt names: `public`, `hybrid` or `private`."""
        asked = _CHANNEL.search(self.text)
        names = {name: name for name in ("public", "hybrid", "private")}
        return (_known(asked[1], names) if asked else None) or "public"

    @property
    def is_repair(self) -> bool:
        """Whether the prompt lists what was wrong with a draft before."""
        return _TO_MEND.search(self.text) is not None

    @property
    def tool(self) -> str | None:
        """The name of the tool that is to be called."""
        tools = self.body.get("tools") or ()
        return str(tools[0]["function"]["name"]) if tools else None

    @property
    def wants_json(self) -> bool:
        """Whether the answer's content is to be JSON."""
        return self.body.get("response_format", {}).get("type") in ("json_object", "json_schema")


def written(request: ChatRequest, public: str, private: str | None = None) -> Answer:
    """Return a reply in the form that the request asks for: a tool call, JSON, or plain words."""
    fields: dict[str, Any] = {"public_reply": public, "facts_used": [], "details_used": []}
    if private is not None:
        fields["private_message"] = private
    if request.tool is not None:
        return called(request, json.dumps(fields, ensure_ascii=False))
    if request.wants_json:
        return said(request, json.dumps(fields, ensure_ascii=False))
    return said(request, public if private is None else f"{public}\n---\n{private}")


def called(request: ChatRequest, arguments: str, *, reason: str = "tool_calls") -> Answer:
    """Return a call of the request's tool with these arguments, which need not be JSON."""
    function = {"name": request.tool or "answer", "arguments": arguments}
    call = {"id": f"call_{request.turn}", "type": "function", "function": function}
    return completion(request, {"content": None, "tool_calls": [call]}, reason, arguments)


def said(request: ChatRequest, content: str, *, reason: str = "stop") -> Answer:
    """Return plain content."""
    return completion(request, {"content": content}, reason, content)


def completion(request: ChatRequest, message: Mapping[str, Any], reason: str, words: str = "") -> Answer:
    """Return a chat completion with this message; tokens are estimated at four characters each."""
    tokens_in, tokens_out = len(request.text) // 4 + 1, len(words) // 4 + 1
    body = {
        "id": f"scripted-{request.conversation[:12]}-{request.turn}",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL,
        "choices": [{"index": 0, "finish_reason": reason, "message": {"role": "assistant", **message}}],
        "usage": {
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
        },
    }
    return Answer(body=json.dumps(body, ensure_ascii=False))


def failure(status: int, code: str, message: str, *, kind: str | None = None, **headers: str) -> Answer:
    """Return an error as the API words it."""
    error = {"message": message, "type": kind or code, "param": None, "code": code}
    return Answer(status=status, headers=headers, body=json.dumps({"error": error}))


def models(*names: str) -> Answer:
    """Return the list of models."""
    data = [{"id": name, "object": "model", "created": 0, "owned_by": MODEL} for name in names]
    return Answer(body=json.dumps({"object": "list", "data": data}))


@cache
def replies() -> Mapping[str, Mapping[str, str]]:
    """Return the harmless replies by language."""
    text = (files("drafter.testing") / "replies.yaml").read_text(encoding="utf-8")
    return dict(parsed(text))


@cache
def _names() -> Mapping[str, str]:
    """Return language codes by what a prompt may call the language."""
    return {name: code for code, reply in replies().items() for name in (code, reply["name"].lower())}


def _known(line: str, names: Mapping[str, str]) -> str | None:
    words = re.findall(r"[a-z]+", line.lower())
    return next((names[word] for word in words if word in names), None)


def _words(content: str | list[Mapping[str, str]] | None) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    return "\n".join(part.get("text", "") for part in content)
