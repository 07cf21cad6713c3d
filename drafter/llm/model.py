"""One chat model: asked with a deadline, retried where that helps, its errors told in our words.

tenacity is the only retry layer: the provider's client is told not to retry by itself, so that attempts do not
multiply. The client is made once a process, when it is first asked.
"""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from langchain.chat_models import init_chat_model
from langchain_core.exceptions import (
    ContextOverflowError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelError,
    ModelNotFoundError,
    ModelPermissionDeniedError,
    ModelRateLimitError,
    ModelTimeoutError,
)
from langchain_core.messages import AIMessage
from openai import OpenAIError
from pydantic import BaseModel
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_before_delay, wait_random_exponential

from drafter.domain.draft import Usage
from drafter.domain.errors import ModelFailed
from drafter.llm.options import ModelOptions
from drafter.settings import ModelMode

log = logging.getLogger(__name__)

_PASSING = (ModelRateLimitError, ModelTimeoutError, ModelConnectionError, ModelAPIError)

Answer = TypeVar("Answer")
Form = TypeVar("Form", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Answered(Generic[Answer]):
    """A model's answer, and what it took."""

    answer: Answer
    model: str
    usage: Usage
    latency_ms: float


class ChatModel:
    """A model by `provider:name`; for `openai`, OPENAI_BASE_URL points it at any compatible server."""

    def __init__(self, options: ModelOptions) -> None:
        self._options = options

    @property
    def name(self) -> str:
        """The model, as provider:name."""
        return self._options.name

    @property
    def mode(self) -> ModelMode:
        """How it is asked for its answer; `text`: by `ask_text`, else by `ask`."""
        return self._options.mode

    async def ask(self, system: str, user: str, answer: type[Form], *, seconds: float) -> Answered[Form]:
        """Return the model's answer in the form that was asked for.

        Raises:
            ModelFailed: no usable answer within the seconds; the message says which setting to look at.
        """
        started = time.perf_counter()
        structured = self._client.with_structured_output(answer, method=self.mode, include_raw=True)
        result = await self._answered(structured, system, user, seconds)
        message, parsed = result["raw"], result["parsed"]
        if not isinstance(parsed, answer):
            fault = type(result["parsing_error"]).__name__ if result["parsing_error"] else "no structured answer"
            raise ModelFailed(
                f"{self.name} gave an answer that cannot be read ({fault}). A server that ignores tools needs another "
                "DRAFTER_MODEL_MODE: json_schema, json_mode or text.",
                model=self.name,
                usage=_usage(message),
                again=True,
            )
        return self._told_of(parsed, message, started)

    async def ask_text(self, system: str, user: str, *, seconds: float) -> Answered[str]:
        """Return the model's answer as plain text, never empty.

        Raises:
            ModelFailed: no usable answer within the seconds; the message says which setting to look at.
        """
        started = time.perf_counter()
        message: AIMessage = await self._answered(self._client, system, user, seconds)
        text = message.text.strip()
        if not text:
            raise ModelFailed(f"{self.name} gave an empty answer.", model=self.name, usage=_usage(message), again=True)
        return self._told_of(text, message, started)

    def _told_of(self, answer: Answer, message: object, started: float) -> Answered[Answer]:
        latency = round((time.perf_counter() - started) * 1000, 1)
        return Answered(answer=answer, model=self.name, usage=_usage(message), latency_ms=latency)

    async def _answered(self, asked: Any, system: str, user: str, seconds: float) -> Any:  # noqa: ANN401  # LangChain's
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(_PASSING),
            stop=stop_before_delay(max(seconds - self._options.call_seconds, 0)),
            wait=_wait,
            reraise=True,
        )
        try:
            return await retrying(asked.ainvoke, [("system", system), ("user", user)])
        except Exception as error:
            log.warning("llm.failed", extra={"model": self.name, "error": type(error).__name__})
            raise ModelFailed(_told(error, self.name), model=self.name) from error

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401  # init_chat_model answers with a configurable model or a plain one
        options = self._options
        own: dict[str, Any] = {}
        if options.base_url is not None:
            own["base_url"] = options.base_url
        if options.api_key_env is not None:
            own["api_key"] = os.environ.get(options.api_key_env, "")
        if options.temperature is not None:
            own["temperature"] = options.temperature
        try:
            return init_chat_model(
                self.name, max_retries=0, timeout=options.call_seconds, max_tokens=options.max_answer_tokens, **own
            )
        except Exception as error:
            raise ModelFailed(_told(error, self.name), model=self.name) from error


def _usage(message: object) -> Usage:
    usage = message.usage_metadata if isinstance(message, AIMessage) else None
    tokens_in, tokens_out = (usage["input_tokens"], usage["output_tokens"]) if usage else (0, 0)
    return Usage(calls=1, tokens_in=tokens_in, tokens_out=tokens_out, cost_usd=None)


def _wait(state: RetryCallState) -> float:
    """Return the seconds to wait: what the server asks for, else longer each time, with jitter."""
    error = state.outcome.exception() if state.outcome else None
    asked = getattr(getattr(error, "response", None), "headers", {}).get("retry-after", "")
    return float(asked) if asked.isdigit() else wait_random_exponential(multiplier=0.5, max=20)(state)


def _told(error: BaseException, name: str) -> str:
    """Return what went wrong with a model, and which setting to look at; never the request, never a key."""
    advice = {
        ModelAuthenticationError: "the key was refused: look at OPENAI_API_KEY (or your provider's)",
        ModelPermissionDeniedError: "the key may not use this model: choose another DRAFTER_MODEL or another key",
        ModelNotFoundError: "the provider has no model of that name: look at DRAFTER_MODEL and OPENAI_BASE_URL",
        ContextOverflowError: "the review and its facts are too long for this model: choose one with a larger context",
        ModelRateLimitError: "the quota is used up, or calls come too fast: look at your plan with the provider",
        ModelTimeoutError: "no answer in time",
        ModelConnectionError: "the server cannot be reached: look at OPENAI_BASE_URL",
        ModelAPIError: "the provider has trouble of its own",
        ModelError: "the provider refused the request",
    }
    for kind, what in advice.items():
        if isinstance(error, kind):
            return f"{name}: {what}."
    if isinstance(error, ImportError | ValueError):
        return f"DRAFTER_MODEL={name}: {error}"
    if type(error) is OpenAIError:  # itself, none of its kinds: raised before any call, where there is no key
        return f"{name}: set OPENAI_API_KEY (a local server takes any value)."
    return f"{name}: {type(error).__name__}."
