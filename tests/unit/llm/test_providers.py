"""Faults of providers that do not speak OpenAI's protocol, told as well as its own.

Their packages are not among this project's, so the exceptions here are shaped as those packages raise them. Each was
seen with the package itself, asked against a server on loopback that answers in its provider's words:
langchain-anthropic 1.7.7 (anthropic 2.12.0), langchain-google-genai 4.4.2 (google-genai 2.34.0), langchain-openai 1.7
for Azure, langchain-mistralai 1.1.6, langchain-groq 1.1.3, langchain-ollama 1.1.0 (ollama 0.6.3),
langchain-openrouter 0.2.9 and langchain-aws 1.9.1 (botocore 1.44.5), on 23 November 2026.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from drafter.llm.answers import PlainText
from drafter.llm.classify import fault_of
from drafter.llm.client import make
from drafter.llm.faults import Fault, Kind
from drafter.llm.options import ModelOptions
from drafter.llm.provider import messages

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SECRET, REVIEW = "sk-the-key-that-nobody-may-see", "My zipper broke at the wedding of cousin Ottilie."


class Response:
    """What is left of an answer of HTTP."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        self.status_code = status
        self.headers = headers


class StatusError(Exception):
    """As anthropic, groq and openai raise it."""

    def __init__(self, status: int, body: object, **headers: str) -> None:
        super().__init__(f"Error code: {status} - {body}")
        self.status_code = status
        self.body = body
        self.response = Response(status, headers)


class GenaiError(Exception):
    """As google-genai raises it: `code` is the status, `status` the name of it, `details` the answer."""

    def __init__(self, code: int, status: str, message: str, details: list[Any] | None = None) -> None:
        super().__init__(f"{code} {status}. {message}")
        self.code = code
        self.status = status
        self.details = {"error": {"code": code, "message": message, "status": status, "details": details or []}}
        self.response = Response(code, {})


class ChatGoogleGenerativeAIError(Exception):
    """As langchain-google-genai wraps it: the status is in its cause alone."""


class ClientError(Exception):
    """As botocore raises it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"An error occurred ({code}): {message}")
        self.response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}


class ResponseError(Exception):
    """As ollama raises it."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status_code = status
        self.error = error


def anthropic(status: int, kind: str, message: str, **headers: str) -> Exception:
    return StatusError(status, {"type": "error", "error": {"type": kind, "message": message}}, **headers)


def azure(status: int, code: str | None, message: str, **more: Any) -> Exception:
    return StatusError(status, {"code": code, "message": message, **more})


def google(*told: Any) -> Exception:
    cause = GenaiError(*told)
    error = ChatGoogleGenerativeAIError(f"Error calling model 'gemini' ({cause.status}): {cause}")
    error.__cause__ = cause
    return error


def quota(name: str) -> list[Any]:
    return [
        {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": name}]},
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34s"},
    ]


ANTHROPIC, AZURE, GOOGLE = "anthropic:claude", "azure_openai:mine", "google_genai:gemini"
EXCEEDED = "You exceeded your current quota, please check your plan and billing details."
#: The model, what its package raises, the kind of fault, and words of the message.
RAISED: dict[str, tuple[str, Exception, Kind, tuple[str, ...]]] = {
    "Anthropic, wrong key": (
        ANTHROPIC,
        anthropic(401, "authentication_error", "invalid x-api-key"),
        Kind.WRONG_KEY,
        ("look at ANTHROPIC_API_KEY",),
    ),
    "Anthropic, wrong model": (
        ANTHROPIC,
        anthropic(404, "not_found_error", "model: claude"),
        Kind.NO_SUCH_MODEL,
        ("DRAFTER_MODEL",),
    ),
    "Anthropic, no permission": (
        ANTHROPIC,
        anthropic(403, "permission_error", "Your API key does not have permission to use the specified resource."),
        Kind.NO_PERMISSION,
        ("ANTHROPIC_API_KEY",),
    ),
    "Anthropic, no credit": (
        ANTHROPIC,
        anthropic(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
        Kind.NO_QUOTA,
        ("quota or the credit",),
    ),
    "Anthropic, too many calls": (
        ANTHROPIC,
        anthropic(429, "rate_limit_error", "This would exceed your rate limit.", **{"retry-after": "3"}),
        Kind.BUSY,
        ("wait 3 s", "requests_per_minute", "tokens_per_minute"),
    ),
    "Anthropic, overloaded": (
        ANTHROPIC,
        anthropic(529, "overloaded_error", "Overloaded"),
        Kind.TROUBLE,
        ("HTTP 529", "DRAFTER_FALLBACK_MODELS"),
    ),
    "Anthropic, too long": (
        ANTHROPIC,
        anthropic(400, "invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum"),
        Kind.TOO_LONG,
        ("case facts",),
    ),
    "Anthropic, filtered": (
        ANTHROPIC,
        anthropic(400, "invalid_request_error", "Output blocked by content filtering policy"),
        Kind.REFUSED,
        ("DRAFTER_FALLBACK_MODELS",),
    ),
    "Google, wrong key": (
        GOOGLE,
        google(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
        Kind.WRONG_KEY,
        ("look at GOOGLE_API_KEY",),
    ),
    "Google, a key of long ago": (
        GOOGLE,
        google(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key."),
        Kind.WRONG_KEY,
        ("GOOGLE_API_KEY",),
    ),
    "Google, wrong model": (
        GOOGLE,
        google(404, "NOT_FOUND", "models/gemini is not found for API version v1beta."),
        Kind.NO_SUCH_MODEL,
        ("DRAFTER_MODEL",),
    ),
    "Google, no permission": (
        GOOGLE,
        google(403, "PERMISSION_DENIED", "Generative Language API has not been used in project 1 before."),
        Kind.NO_PERMISSION,
        ("GOOGLE_API_KEY",),
    ),
    "Google, the day's quota": (
        GOOGLE,
        google(429, "RESOURCE_EXHAUSTED", EXCEEDED, quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier")),
        Kind.NO_QUOTA,
        ("your plan",),
    ),
    "Google, the minute's quota": (
        GOOGLE,
        google(429, "RESOURCE_EXHAUSTED", EXCEEDED, quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier")),
        Kind.BUSY,
        ("wait 34 s", "requests_per_minute"),
    ),
    "Google, overloaded": (
        GOOGLE,
        google(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
        Kind.TROUBLE,
        ("HTTP 503 unavailable",),
    ),
    "Google, too long": (
        GOOGLE,
        google(
            400, "INVALID_ARGUMENT", "The input token count (1200000) exceeds the maximum number of tokens allowed."
        ),
        Kind.TOO_LONG,
        ("larger context",),
    ),
    "Google, an option that it does not take": (
        GOOGLE,
        google(400, "INVALID_ARGUMENT", "Invalid value at 'generation_config.temperature'"),
        Kind.REJECTED,
        ("HTTP 400 invalid_argument", "DRAFTER_MODELS_FILE"),
    ),
    "Azure, wrong key": (
        AZURE,
        azure(401, "401", "Access denied due to invalid subscription key or wrong API endpoint."),
        Kind.WRONG_KEY,
        ("look at AZURE_OPENAI_API_KEY",),
    ),
    "Azure, no such deployment": (
        AZURE,
        azure(404, "DeploymentNotFound", "The API deployment for this resource does not exist."),
        Kind.NO_SUCH_MODEL,
        ("no deployment of that name", "AZURE_OPENAI_ENDPOINT"),
    ),
    "Azure, wrong version": (
        AZURE,
        azure(404, "404", "Resource not found"),
        Kind.WRONG_ADDRESS,
        ("without a path", "OPENAI_API_VERSION"),
    ),
    "Azure, filtered": (
        AZURE,
        azure(400, None, "Please modify your prompt.", innererror={"content_filter_result": {"violence": {}}}),
        Kind.REFUSED,
        ("content filter",),
    ),
    "Azure, out of quota": (
        AZURE,
        azure(403, "403", "Out of call volume quota. Quota will be replenished in 5 days."),
        Kind.NO_QUOTA,
        ("AZURE_OPENAI_API_KEY",),
    ),
    "Azure, a model that is no more": (
        AZURE,
        azure(410, "ModelDeprecated", "It is deprecated."),
        Kind.NO_SUCH_MODEL,
        (),
    ),
    "Groq, the day's tokens": (
        "groq:x",
        StatusError(429, {"error": {"message": "Rate limit reached on tokens per day (TPD): Limit 100000."}}),
        Kind.NO_QUOTA,
        ("GROQ_API_KEY",),
    ),
    "Mistral, wrong model": (
        "mistralai:x",
        StatusError(400, {"message": "Invalid model: x", "type": "invalid_model"}),
        Kind.NO_SUCH_MODEL,
        (),
    ),
    "OpenRouter, no credit": (
        "openrouter:x",
        StatusError(402, {"error": {"code": 402, "message": "Insufficient credits."}}),
        Kind.NO_QUOTA,
        ("OPENROUTER_API_KEY",),
    ),
    "Ollama, wrong model": ("ollama:x", ResponseError(404, "model 'x' not found"), Kind.NO_SUCH_MODEL, ()),
    "Ollama, a page": (
        "ollama:x",
        ResponseError(404, "<html>no such model page</html>"),
        Kind.WRONG_ADDRESS,
        ("no path of its own",),
    ),
    "Bedrock, wrong key": (
        "bedrock_converse:x",
        ClientError(403, "UnrecognizedClientException", "The security token included in the request is invalid."),
        Kind.WRONG_KEY,
        ("AWS_ACCESS_KEY_ID",),
    ),
    "Bedrock, wrong model": (
        "bedrock_converse:x",
        ClientError(400, "ValidationException", "The provided model identifier is invalid."),
        Kind.NO_SUCH_MODEL,
        (),
    ),
    "Bedrock, too many calls": (
        "bedrock_converse:x",
        ClientError(429, "ThrottlingException", "Too many requests, please wait before trying again."),
        Kind.BUSY,
        (),
    ),
}


def told(model: str, error: BaseException) -> Fault:
    return fault_of(error, ModelOptions(name=model), seconds=30, now=NOW)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AZURE_OPENAI_ENDPOINT", "OPENAI_API_VERSION", "OLLAMA_HOST", "GEMINI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("what", RAISED)
def test_a_fault_is_told_with_what_to_change(what: str) -> None:
    model, error, kind, words = RAISED[what]
    found = told(model, error)
    assert found.kind is kind
    for word in words:
        assert word in found.message


@pytest.mark.parametrize(
    ("metadata", "kind"),
    [
        ({"stop_reason": "refusal"}, Kind.REFUSED),  # Anthropic, as the next three
        ({"stop_reason": "max_tokens"}, Kind.CUT_OFF),
        ({"stop_reason": "model_context_window_exceeded"}, Kind.TOO_LONG),
        ({"stop_reason": "end_turn"}, Kind.EMPTY),
        ({"finish_reason": "SAFETY"}, Kind.REFUSED),  # Google, as the following
        ({"finish_reason": "PROHIBITED_CONTENT"}, Kind.REFUSED),
        ({"finish_reason": "MAX_TOKENS"}, Kind.CUT_OFF),
        ({"finish_reason": "MALFORMED_FUNCTION_CALL"}, Kind.UNREADABLE),
        ({"prompt_feedback": {"block_reason": "PROHIBITED_CONTENT"}}, Kind.REFUSED),
        ({"prompt_feedback": {"block_reason": None}, "finish_reason": "STOP"}, Kind.EMPTY),
        ({"finish_reason": "content_filter"}, Kind.REFUSED),  # Azure, of an answer
    ],
)
def test_an_answer_without_words_says_why_it_has_none(metadata: dict[str, Any], kind: Kind) -> None:
    answer = PlainText().read(AIMessage(content="", response_metadata=metadata), ModelOptions(name=ANTHROPIC))
    assert isinstance(answer, Fault)
    assert answer.kind is kind


@pytest.mark.parametrize(
    ("model", "extra"),
    [(ANTHROPIC, "'drafter[anthropic]'"), (GOOGLE, "'drafter[google]'"), ("cohere:x", "langchain-cohere")],
)
def test_a_provider_without_its_package_names_the_extra_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, model: str, extra: str
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ImportError("not here")

    monkeypatch.setattr("drafter.llm.client.init_chat_model", missing)
    for name in ("ANTHROPIC_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.setenv(name, "any")
    made = make(ModelOptions(name=model))
    assert isinstance(made, Fault)
    assert f"pip install {extra}." in made.message


@pytest.mark.parametrize(
    ("model", "set_", "named"),
    [
        (ANTHROPIC, {}, "set ANTHROPIC_API_KEY"),
        (GOOGLE, {}, "set GOOGLE_API_KEY"),
        (AZURE, {"AZURE_OPENAI_API_KEY": "any"}, "AZURE_OPENAI_ENDPOINT is not set"),
        (AZURE, {"AZURE_OPENAI_API_KEY": "any", "AZURE_OPENAI_ENDPOINT": "https://x"}, "OPENAI_API_VERSION is not set"),
    ],
)
def test_what_is_not_set_is_named_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch, model: str, set_: dict[str, str], named: str
) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "GOOGLE_API_KEY", "AZURE_OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in set_.items():
        monkeypatch.setenv(name, value)
    made = make(ModelOptions(name=model))
    assert isinstance(made, Fault)
    assert named in made.message


def test_azure_is_made_with_the_address_and_the_version_of_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", SECRET)
    made = make(ModelOptions(name=AZURE, base_url="https://mine.openai.azure.com", api_version="2024-10-21"))
    assert not isinstance(made, Fault)
    address = str(made.client.root_async_client.base_url)  # type: ignore[attr-defined]  # of OpenAI's clients
    assert address == "https://mine.openai.azure.com/openai/"
    assert SECRET not in repr(made.client)


def echoes() -> Iterator[tuple[str, Exception]]:
    """Yield errors of servers that repeat all they were sent, in every field, as each package raises them."""
    prose = f"{SECRET} {REVIEW}"
    for status in (400, 401, 402, 403, 404, 410, 413, 422, 429, 500, 529):
        yield ANTHROPIC, anthropic(status, prose, prose)
        yield AZURE, azure(status, prose, prose, param=SECRET, innererror={"code": prose})
        yield GOOGLE, google(status, prose, prose, [{"retryDelay": prose, "reason": prose}])
        yield "bedrock_converse:x", ClientError(status, prose, prose)
        yield "ollama:x", ResponseError(status, prose)


def test_no_message_gives_a_key_or_a_review_away(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        messages = [told(model, error).message for model, error in echoes()]
    assert len(messages) == 55
    for text in (*messages, json.dumps([record.__dict__ for record in caplog.records], default=repr)):
        assert SECRET not in text
        assert "Ottilie" not in text


def test_instructions_are_marked_for_the_provider_that_caches_only_what_is_marked() -> None:
    system, user = messages(ModelOptions(name=ANTHROPIC), "Answer.", "Hello.")
    assert system.content == [{"type": "text", "text": "Answer.", "cache_control": {"type": "ephemeral"}}]
    assert user.content == "Hello."
    assert [one.content for one in messages(ModelOptions(name=GOOGLE), "Answer.", "Hello.")] == ["Answer.", "Hello."]
