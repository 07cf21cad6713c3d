"""The scripted model's repertoire: a good answer, and what goes wrong with real providers and models."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.resources import files

from drafter.domain.yaml_files import parsed
from drafter.testing.chat import (
    Answer,
    ChatRequest,
    Manner,
    called,
    completion,
    failure,
    models,
    replies,
    said,
    written,
)
from drafter.testing.readings import fields_of, is_reading, read
from drafter.testing.verdicts import is_judging, judged

GOOD = "good"
#: The guardrail codes that a reply can be made to violate.
CODES = (
    "length", "tone", "incentive", "promotional", "personal_data", "off_platform_contact", "placeholder",
    "unverified_commitment", "unsupported_claim", "profanity", "language_mismatch", "injection_compliance",
    "liability", "impersonation",
)  # fmt: skip

#: What goes wrong with replies alone: a review is read well and a draft judged well all the same.
OF_REPLIES = frozenset({"wrong_language", *(f"breaks_{code}" for code in CODES)})

Script = Callable[[ChatRequest], Answer]


def good(request: ChatRequest) -> Answer:
    """Return a harmless reply in the language and for the channel that the prompt names; of a review, a reading.

    A reply that is to be judged has no fault.
    """
    if (asked := _no_reply(request)) is not None:
        return asked
    public, private = _harmless(request)
    return written(request, public, private)


def rate_limit(request: ChatRequest) -> Answer:
    """Too many calls: the first time a request is made it is to wait a second, then it is answered."""
    if request.turn > 1:
        return good(request)
    return failure(429, "rate_limit_exceeded", "Rate limit reached.", kind="requests", **{"retry-after": "1"})


def busy(_: ChatRequest) -> Answer:
    """Too many calls, whenever it is."""
    return failure(429, "rate_limit_exceeded", "Rate limit reached.", kind="requests", **{"retry-after": "2"})


def no_quota(_: ChatRequest) -> Answer:
    """The account is empty."""
    return failure(429, "insufficient_quota", "You exceeded your current quota.")


def server_error(_: ChatRequest) -> Answer:
    """The provider broke down."""
    return failure(500, "internal_error", "The server had an error.", kind="server_error")


def timeout(_: ChatRequest) -> Answer:
    """No answer, and no end."""
    return Answer(manner=Manner.NEVER)


def slow_drip(request: ChatRequest) -> Answer:
    """A byte now and then: each comes in time, and the answer never does."""
    return Answer(body=good(request).body, manner=Manner.DRIPS)


def half_json(request: ChatRequest) -> Answer:
    """The structured answer is cut off in the middle, though the model says that it is done."""
    public, _ = _harmless(request)
    fields = fields_of(request) if is_reading(request) else {"public_reply": public}
    half = json.dumps(fields, ensure_ascii=False)[:-12]
    return called(request, half) if request.tool is not None else said(request, half)


def half_body(request: ChatRequest) -> Answer:
    """The connection breaks in the middle of the body."""
    return Answer(body=good(request).body, manner=Manner.CUT_OFF)


def empty(request: ChatRequest) -> Answer:
    """An answer without a word."""
    return written(request, "")


def refusal(request: ChatRequest) -> Answer:
    """The model declines, in the field that the API has for it."""
    return completion(request, {"content": None, "refusal": "I cannot help with that."}, "stop")


def content_filter(_: ChatRequest) -> Answer:
    """The provider's filter refuses the request."""
    return failure(400, "content_filter", "The response was filtered.", kind="invalid_request_error")


def content_filter_answer(request: ChatRequest) -> Answer:
    """The provider's filter stops the answer."""
    return completion(request, {"content": ""}, "content_filter")


def wrong_language(request: ChatRequest) -> Answer:
    """A harmless reply in another language than the one that was asked for; a review is read well."""
    if (asked := _no_reply(request)) is not None:
        return asked
    other = replies()["de" if request.language != "de" else "fr"]
    return written(request, other["public"], None if request.channel == "public" else other["private"])


def ignored_tool(request: ChatRequest) -> Answer:
    """Prose, whatever form was asked for."""
    public, _ = _harmless(request)
    return said(request, public)


def babble(request: ChatRequest) -> Answer:
    """Nonsense in the right form, the same for the same request."""
    seed = f"{request.conversation}{request.turn}"
    return written(request, nonsense(seed), None if request.channel == "public" else nonsense(f"{seed}, in private"))


def cut_off(request: ChatRequest) -> Answer:
    """The answer ran into the limit of tokens."""
    public, _ = _harmless(request)
    half = json.dumps({"public_reply": public * 3}, ensure_ascii=False)[: len(public)]
    return called(request, half, reason="length") if request.tool is not None else said(request, half, reason="length")


def wrong_key(_: ChatRequest) -> Answer:
    """The key is not known."""
    return failure(401, "invalid_api_key", "Incorrect API key provided.", kind="invalid_request_error")


def wrong_model(request: ChatRequest) -> Answer:
    """The provider has no model of that name, and does not list it."""
    if request.method == "GET":
        return models("another")
    return failure(404, "model_not_found", "The model does not exist.", kind="invalid_request_error")


def context_overflow(_: ChatRequest) -> Answer:
    """The request is longer than the model's context."""
    return failure(
        400,
        "context_length_exceeded",
        "This model's maximum context length is 512 tokens.",
        kind="invalid_request_error",
    )


def html(_: ChatRequest) -> Answer:
    """A page of a proxy that stands before the provider."""
    page = "<!doctype html><html><title>Gateway</title><body><h1>Please sign in to the network</h1></body></html>"
    return Answer(headers={"content-type": "text/html"}, body=page)


def reset(_: ChatRequest) -> Answer:
    """The connection is closed without an answer."""
    return Answer(manner=Manner.RESET)


def breaks(code: str, request: ChatRequest) -> Answer:
    """A reply that violates a guardrail code, in the language that was asked for; a review is read well."""
    if (asked := _no_reply(request)) is not None:
        return asked
    public, private = _harmless(request)
    if code == "length":
        return written(request, " ".join([public] * 4), private)
    if code == "placeholder":  # the examples' own may look like a mark, which is filled in
        return written(request, f"{{{{ first_name }}}}, {public}", private)
    violation = _violations(code)[request.language]
    mixed = violation if code == "language_mismatch" else f"{public} {violation}"
    return written(request, mixed, private)


def nonsense(seed: str) -> str:
    """Return two sentences of made-up words."""
    dice = random.Random(seed)  # noqa: S311  # no secret
    syllables = [first + second for first in "bdfgklmnprst" for second in "aeiou"]
    words = ["".join(dice.choices(syllables, k=dice.randint(1, 4))) for _ in range(14)]
    return f"{' '.join(words[:8]).capitalize()}. {' '.join(words[8:]).capitalize()}."


#: What can go wrong, by name.
FAULTS: Mapping[str, Script] = {
    script.__name__: script
    for script in (
        rate_limit, busy, no_quota, server_error, timeout, slow_drip, half_json, half_body, empty, refusal,
        content_filter, content_filter_answer, wrong_language, ignored_tool, babble, cut_off, wrong_key, wrong_model,
        context_overflow, html, reset,
    )
} | {f"breaks_{code}": partial(breaks, code) for code in CODES}  # fmt: skip

#: Faults of the way to the provider or of the account: the list of models is not to be had either.
EVERYWHERE = frozenset({"busy", "server_error", "timeout", "slow_drip", "wrong_key", "wrong_model", "html", "reset"})


def script(name: str) -> Script:
    """Return a fault, or the good answer, by its name. Raises ValueError with the names that there are."""
    if name == GOOD:
        return good
    if name not in FAULTS:
        raise ValueError(f"There is no answer {name!r}. There are: {GOOD}, {', '.join(FAULTS)}.")
    return FAULTS[name]


def _no_reply(request: ChatRequest) -> Answer | None:
    """Return the good answer to a request that asks for no reply; None where it asks for one."""
    if is_reading(request):
        return read(request)
    return judged(request) if is_judging(request) else None


def _harmless(request: ChatRequest) -> tuple[str, str | None]:
    """Return the public reply and, where the channel has one, the private message."""
    texts = replies()[request.language]
    public = texts["neutral" if request.channel == "private" else "public"]
    return public, None if request.channel == "public" else texts["private"]


@cache
def _violations(code: str) -> Mapping[str, str]:
    """Return a text for each language that violates a code: the first that its guardrail itself must find."""
    text = (files("guardrails") / "cases" / f"{code}.yaml").read_text(encoding="utf-8")
    return {
        language: next(example for example in examples["flag"] if isinstance(example, str))
        for language, examples in parsed(text).items()
    }
