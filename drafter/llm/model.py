"""One chat model: asked with a deadline, retried where that helps, its errors told in our words.

tenacity is the only retry layer: the provider's client is told not to retry by itself, so that attempts do not
multiply. The client is made once a process, when it is first asked.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

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
from drafter.domain.errors import Misconfigured, ModelFailed

log = logging.getLogger(__name__)

CALL_SECONDS = 30.0  # one call; the provider's own default is ten minutes
MAX_ANSWER_TOKENS = 900
StructuredMode = Literal["function_calling", "json_schema", "json_mode"]

_PASSING = (ModelRateLimitError, ModelTimeoutError, ModelConnectionError, ModelAPIError)

Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Answered(Generic[Answer]):
    """A model's answer, and what it took."""

    answer: Answer
    model: str
    usage: Usage
    latency_ms: float


class ChatModel:
    """A model by `provider:name`; for `openai`, OPENAI_BASE_URL points it at any compatible server."""

    def __init__(self, name: str, *, mode: StructuredMode) -> None:
        if ":" not in name:
            raise Misconfigured(f"DRAFTER_MODEL is {name!r}: write it as provider:name, for example openai:{name}.")
        self.name = name
        self._mode = mode

    async def ask(self, system: str, user: str, answer: type[Answer], *, seconds: float = 120.0) -> Answered[Answer]:
        """Return the model's answer in the form that was asked for.

        Raises:
            ModelFailed: no usable answer within the deadline; the message says which setting to look at.
        """
        started = time.perf_counter()
        try:
            result = await self._ask_until_answered(system, user, answer, seconds)
        except Exception as error:
            log.warning("llm.failed", extra={"model": self.name, "error": type(error).__name__})
            raise ModelFailed(_told(error, self.name), model=self.name) from error
        message, parsed = result["raw"], result["parsed"]
        if not isinstance(parsed, answer):
            fault = type(result["parsing_error"]).__name__ if result["parsing_error"] else "no structured answer"
            raise ModelFailed(
                f"{self.name} gave an answer that cannot be read ({fault}). A server that ignores tools needs another "
                "DRAFTER_MODEL_MODE: json_schema or json_mode.",
                model=self.name,
                again=True,
            )
        usage = message.usage_metadata if isinstance(message, AIMessage) else None
        return Answered(
            answer=parsed,
            model=self.name,
            usage=Usage(
                calls=1,
                tokens_in=usage["input_tokens"] if usage else 0,
                tokens_out=usage["output_tokens"] if usage else 0,
                cost_usd=None,
            ),
            latency_ms=round((time.perf_counter() - started) * 1000, 1),
        )

    async def _ask_until_answered(self, system: str, user: str, answer: type[Answer], seconds: float) -> dict[str, Any]:
        structured = self._client.with_structured_output(answer, method=self._mode, include_raw=True)
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(_PASSING),
            stop=stop_before_delay(max(seconds - CALL_SECONDS, 0)),  # a wait that ends too late is not begun
            wait=_wait,
            reraise=True,
        )
        result: dict[str, Any] = await retrying(structured.ainvoke, [("system", system), ("user", user)])
        return result

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401  # init_chat_model answers with a configurable model or a plain one
        try:
            return init_chat_model(self.name, max_retries=0, timeout=CALL_SECONDS, max_tokens=MAX_ANSWER_TOKENS)
        except (ImportError, ValueError) as error:  # a provider without its package, or one that there is not
            raise Misconfigured(f"DRAFTER_MODEL={self.name}: {error}") from error


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
    if isinstance(error, Misconfigured):
        return str(error)
    if type(error) is OpenAIError:  # itself, none of its kinds: raised before any call, where there is no key
        return f"{name}: set OPENAI_API_KEY (a local server takes any value)."
    return f"{name}: {type(error).__name__}."
