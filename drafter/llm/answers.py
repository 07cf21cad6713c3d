"""What is asked of a model and what came back: plain text, or JSON in one of three ways, read and validated by us.

LangChain's own reading is passed over: it takes half a JSON for a whole one, and loses the tokens of an answer that
does not validate.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cache
from typing import Any, Generic, TypeVar

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_function, convert_to_openai_tool
from pydantic import BaseModel, ValidationError

from drafter.llm.faults import Fault, Kind, fault
from drafter.llm.options import ModelOptions
from drafter.settings import ModelMode

Answer = TypeVar("Answer")
Model = TypeVar("Model", bound=BaseModel)

#: Providers that are asked in OpenAI's own words, which costs half the processor time of LangChain's detour; the others
#: in those that their packages find.
_OPENAI = frozenset({"openai", "azure_openai"})
_CUT_OFF = frozenset({"length", "max_tokens", "model_length", "max_output_tokens"})
_FILTERED = frozenset(
    {"content_filter", "refusal", "safety", "prohibited_content", "blocklist", "recitation", "spii", "blocked"}
)
_MALFORMED = frozenset({"malformed_function_call", "unexpected_tool_call"})  # Google, of a tool call
_OVERFLOWED = frozenset({"model_context_window_exceeded"})  # Anthropic
_FENCED = re.compile(r"\A\s*```[a-z]*\s*\n(.*)\n\s*```\s*\Z", re.DOTALL)  # models like to wrap JSON in Markdown


class Form(ABC, Generic[Answer]):
    """The form of an answer."""

    @abstractmethod
    def asked_of(self, client: BaseChatModel, options: ModelOptions) -> Runnable[Any, Any]:
        """Return the client, told to answer in this form; its result is a message, or a dict with it under `raw`."""

    def read(self, message: AIMessage, options: ModelOptions) -> Answer | Fault:
        """Return what a message says, or what is wrong with it."""
        ending = _ending(message)
        if ending in _FILTERED or message.additional_kwargs.get("refusal"):
            return fault(Kind.REFUSED, options, ending if ending in _FILTERED else "refusal")
        if ending in _CUT_OFF:
            return fault(Kind.CUT_OFF, options, options.max_answer_tokens)
        if ending in _OVERFLOWED:
            return fault(Kind.TOO_LONG, options)
        return fault(Kind.UNREADABLE, options, "half a JSON") if ending in _MALFORMED else self._read(message, options)

    @abstractmethod
    def _read(self, message: AIMessage, options: ModelOptions) -> Answer | Fault: ...


class PlainText(Form[str]):
    """An answer in plain words."""

    def asked_of(self, client: BaseChatModel, options: ModelOptions) -> Runnable[Any, Any]:
        """Return the client as it is."""
        return client

    def _read(self, message: AIMessage, options: ModelOptions) -> str | Fault:
        return message.text.strip() or fault(Kind.EMPTY, options)


class ToolCall(Form[Model]):
    """An answer as the arguments of a tool call."""

    def __init__(self, answer: type[Model]) -> None:
        self._answer = answer
        self._tool = convert_to_openai_tool(answer)
        self._name: str = self._tool["function"]["name"]

    def asked_of(self, client: BaseChatModel, options: ModelOptions) -> Runnable[Any, Any]:
        """Return the client with the tool, which it has to call."""
        if options.provider in _OPENAI:
            return client.bind_tools([self._tool], tool_choice=self._name, parallel_tool_calls=False)
        return client.with_structured_output(self._tool, method="function_calling", include_raw=True)

    def _read(self, message: AIMessage, options: ModelOptions) -> Model | Fault:
        call = next((call for call in message.tool_calls if call["name"] == self._name), None)
        if call is not None:
            return _validated(lambda: self._answer.model_validate(call["args"]), self._answer, options)
        if message.invalid_tool_calls:
            return fault(Kind.UNREADABLE, options, "half a JSON")
        if message.tool_calls:
            return fault(Kind.NO_FORM, options, "a tool that there is not")
        return fault(Kind.NO_FORM, options, "no tool call") if message.text.strip() else fault(Kind.EMPTY, options)


class Json(Form[Model]):
    """An answer as JSON in the content; `by_schema`: the provider holds the model to the schema."""

    def __init__(self, answer: type[Model], *, by_schema: bool) -> None:
        self._answer = answer
        self._by_schema = by_schema
        self._schema = _schema(answer)
        self._format: dict[str, Any] = {"type": "json_object"}
        if by_schema:
            named = {"name": self._schema["title"], "schema": self._schema, "strict": True}
            self._format = {"type": "json_schema", "json_schema": named}

    def asked_of(self, client: BaseChatModel, options: ModelOptions) -> Runnable[Any, Any]:
        """Return the client, told to write JSON."""
        if options.provider in _OPENAI:
            return client.bind(response_format=self._format)
        method = "json_schema" if self._by_schema else "json_mode"
        return client.with_structured_output(self._schema, method=method, include_raw=True)

    def _read(self, message: AIMessage, options: ModelOptions) -> Model | Fault:
        text = message.text.strip()
        if not text:
            return fault(Kind.EMPTY, options)
        fenced = _FENCED.match(text)
        written = fenced[1].strip() if fenced else text
        if not written.startswith("{"):
            return fault(Kind.NO_FORM, options, "no JSON")
        return _validated(lambda: self._answer.model_validate_json(written), self._answer, options)


@cache
def form_of(answer: type[Model], mode: ModelMode) -> Form[Model]:
    """Return the form of an answer in a mode that has one."""
    if mode == "text":
        raise ValueError("a model in text mode is asked by ask_text")
    return ToolCall(answer) if mode == "function_calling" else Json(answer, by_schema=mode == "json_schema")


def _validated(read: Callable[[], Model], answer: type[Model], options: ModelOptions) -> Model | Fault:
    """Return the answer, or which of its fields is wrong; never what the model wrote there."""
    try:
        return read()
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = next((str(part) for part in first["loc"] if part in answer.model_fields), "")
        what = "half a JSON" if first["type"] == "json_invalid" else first["type"].replace("_", " ")
        return fault(Kind.UNREADABLE, options, f"{field}: {what}" if field else what)


def _schema(answer: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema as OpenAI's strict mode wants it: all fields required, no others, no defaults.

    Source: OpenAI's guide to structured outputs, supported schemas.
    """
    function = convert_to_openai_function(answer, strict=True)
    schema: dict[str, Any] = _without_defaults(function["parameters"])
    return {"title": function["name"], "description": function.get("description", ""), **schema}


def _without_defaults(schema: Any) -> Any:  # noqa: ANN401  # any JSON value
    if isinstance(schema, dict):
        return {key: _without_defaults(value) for key, value in schema.items() if key != "default"}
    return [_without_defaults(value) for value in schema] if isinstance(schema, list) else schema


def _ending(message: AIMessage) -> str:
    """Return why the model ended, in lower case.

    In the words of Chat Completions, Anthropic or OpenAI's Responses; `blocked` where Google did not begin at all.
    """
    told = message.response_metadata
    if (told.get("prompt_feedback") or {}).get("block_reason"):
        return "blocked"
    incomplete = told.get("incomplete_details") or {}
    return str(told.get("finish_reason") or told.get("stop_reason") or incomplete.get("reason") or "").lower()
