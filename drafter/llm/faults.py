"""What can go wrong with a model, and what to tell: each fault has a message that names what to change.

No message holds a key, a review or what a provider wrote in prose; of a provider's own words only short identifiers
(`unsupported_parameter`) are passed on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from drafter.llm import provider
from drafter.llm.limits import Call, Wait
from drafter.llm.options import ModelOptions

NAMES = "DRAFTER_MODEL or DRAFTER_FALLBACK_MODELS"


class Kind(StrEnum):
    """The kinds of faults; their values stand in logs."""

    NO_PACKAGE = "no_package"
    NO_PROVIDER = "no_provider"
    NOT_READY = "not_ready"
    NOT_SET = "not_set"
    NO_KEY = "no_key"
    BAD_KEY = "bad_key"
    WRONG_KEY = "wrong_key"
    NO_PERMISSION = "no_permission"
    NO_SUCH_MODEL = "no_such_model"
    WRONG_ADDRESS = "wrong_address"
    NO_QUOTA = "no_quota"
    BUSY = "busy"
    REFUSED = "refused"
    TOO_LONG = "too_long"
    UNREACHABLE = "unreachable"
    UNTRUSTED = "untrusted"
    TIMEOUT = "timeout"
    TROUBLE = "trouble"
    GARBLED = "garbled"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    EMPTY = "empty"
    CUT_OFF = "cut_off"
    NO_FORM = "no_form"
    UNREADABLE = "unreadable"
    NO_TIME = "no_time"
    LIMITED = "limited"
    SET_ASIDE = "set_aside"
    IN_BATCH = "in_batch"


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What a kind of fault means."""

    advice: str  # {detail} and the names of settings are filled in
    passing: bool = False  # whether the same call may go well a moment later
    counts: bool = True  # whether it speaks against the model, not only against one review; for the breaker
    again: bool = False  # whether the answer was at fault, so that another answer may do
    unpaid: bool = True  # whether the provider surely counted no tokens where it told none


_OTHER_FORM = (
    "A server that cannot do {mode} needs another DRAFTER_MODEL_MODE (function_calling, json_schema, json_mode or text)"
)

TRAITS: Mapping[Kind, Traits] = MappingProxyType(
    {
        Kind.NO_PACKAGE: Traits(advice="its provider's package is missing: pip install {detail}", counts=False),
        Kind.NO_PROVIDER: Traits(
            advice="there is no provider called {provider!r}: look at {names}; a server that speaks OpenAI's protocol "
            "is openai:NAME",
            counts=False,
        ),
        Kind.NOT_READY: Traits(
            advice="its provider's package refuses its options ({detail}): look at {key} and at DRAFTER_MODELS_FILE",
            counts=False,
        ),
        Kind.NOT_SET: Traits(
            advice="{detail} is not set: set it in the environment, or base_url and api_version in DRAFTER_MODELS_FILE",
            counts=False,
        ),
        Kind.NO_KEY: Traits(
            advice="no key is set: set {key} in the environment (a local server takes any value)", counts=False
        ),
        Kind.BAD_KEY: Traits(
            advice="the key cannot be sent: look at {key} for a line break or a letter that no key has"
        ),
        Kind.WRONG_KEY: Traits(advice="the key was refused: look at {key}"),
        Kind.NO_PERMISSION: Traits(
            advice="the key may not use this model: choose another model ({names}) or another key ({key})"
        ),
        Kind.NO_SUCH_MODEL: Traits(advice="the server has no {model} of that name: look at {names}, and at {address}"),
        Kind.WRONG_ADDRESS: Traits(
            advice="what answers at {host} is not a chat completions API ({detail}): look at {address}, {address_form}"
        ),
        Kind.NO_QUOTA: Traits(
            advice="the quota or the credit is used up: look at your plan with the provider, or use another key ({key})"
        ),
        Kind.BUSY: Traits(
            advice="calls come faster than your quota with the provider allows ({detail}): set requests_per_minute or "
            "tokens_per_minute in DRAFTER_MODELS_FILE, lower DRAFTER_MODEL_CONCURRENCY, or have the quota raised",
            passing=True,
        ),
        Kind.REFUSED: Traits(
            advice="the model or its provider's content filter refused this review ({detail}): change the filter with "
            "the provider, or name another model in DRAFTER_FALLBACK_MODELS",
            counts=False,
        ),
        Kind.TOO_LONG: Traits(
            advice="the review and its facts are too long for the model's context: shorten the case facts, choose a "
            "model with a larger context ({names}), or start a server of your own with one",
            counts=False,
        ),
        Kind.UNREACHABLE: Traits(
            advice="the server at {host} cannot be reached ({detail}): look at {address}, and whether the server runs",
            passing=True,
        ),
        Kind.UNTRUSTED: Traits(
            advice="there is no secure connection to {host} ({detail}): look at {address}, which begins with http:// "
            "for a server without TLS; for certificates of your own set SSL_CERT_FILE"
        ),
        Kind.TIMEOUT: Traits(
            advice="no answer within {detail} s: choose a faster model ({names}), or raise call_seconds in "
            "DRAFTER_MODELS_FILE and DRAFTER_DRAFT_SECONDS",
            passing=True,
            unpaid=False,
        ),
        Kind.TROUBLE: Traits(
            advice="the provider has trouble of its own ({detail}): look at its status page; DRAFTER_FALLBACK_MODELS "
            "names models that stand in",
            passing=True,
        ),
        Kind.GARBLED: Traits(
            advice="the server at {host} broke off its answer ({detail}): look at {address}, at the server and at what "
            "stands before it",
            passing=True,
            unpaid=False,
        ),
        Kind.REJECTED: Traits(
            advice="the provider does not take the request as it is ({detail}): look at DRAFTER_MODEL_MODE and at this "
            "model's options in DRAFTER_MODELS_FILE"
        ),
        Kind.UNKNOWN: Traits(
            advice="the call failed ({detail}): look at {names} and {address}; drafter doctor --ask-model tries it",
            unpaid=False,
        ),
        Kind.EMPTY: Traits(advice="it gave an empty answer. " + _OTHER_FORM, again=True, unpaid=False),
        Kind.CUT_OFF: Traits(
            advice="its answer was cut off ({detail} tokens): raise max_answer_tokens in DRAFTER_MODELS_FILE",
            again=True,
            unpaid=False,
        ),
        Kind.NO_FORM: Traits(
            advice="it ignored the form of the answer ({detail}). " + _OTHER_FORM, again=True, unpaid=False
        ),
        Kind.UNREADABLE: Traits(
            advice="its answer cannot be read ({detail}). A model that often does so needs another DRAFTER_MODEL_MODE",
            again=True,
            unpaid=False,
        ),
        Kind.NO_TIME: Traits(advice="no time was left for it ({detail}): raise DRAFTER_DRAFT_SECONDS", counts=False),
        Kind.LIMITED: Traits(advice="a limit of its own in DRAFTER_MODELS_FILE holds it back: {detail}", counts=False),
        Kind.SET_ASIDE: Traits(advice="{detail}", counts=False),
        Kind.IN_BATCH: Traits(advice="its answer comes with a batch, and is not there yet", counts=False),
    }
)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that went wrong."""

    kind: Kind
    message: str  # what to tell a person; it names the model
    status: int | None = None  # of HTTP
    wait: float | None = None  # seconds that the server asks to wait

    @property
    def traits(self) -> Traits:
        """What its kind means."""
        return TRAITS[self.kind]


def fault(
    kind: Kind, options: ModelOptions, detail: object = "", *, status: int | None = None, wait: float | None = None
) -> Fault:
    """Return a fault of a model with its message; `detail` is a word or two of ours, an identifier or a figure."""
    message = TRAITS[kind].advice.format(
        detail=detail,
        provider=options.provider,
        mode=options.mode,
        key=provider.key_variable(options) or "your provider's key variable",
        names=NAMES,
        model=provider.model_word(options),
        address_form=provider.address_form(options),
        host=provider.host(options),
        address=provider.address_setting(options),
    )
    return Fault(kind=kind, message=f"{options.name}: {message}.", status=status, wait=wait)


def held_back(wait: Wait, call: Call) -> Fault:
    """Return the fault of a call that one of the model's own limits kept from beginning in time."""
    options = call.options
    if wait.limit == "concurrency":
        return fault(
            Kind.NO_TIME,
            options,
            f"no slot was free in time among the {options.concurrency} of DRAFTER_MODEL_CONCURRENCY, or of concurrency "
            "in DRAFTER_MODELS_FILE",
        )
    if wait.forever:
        return fault(Kind.LIMITED, options, f"one call may take {call.tokens} tokens: raise {wait.limit}")
    until = f" for another {wait.seconds:.0f} s" if wait.seconds else ""
    return fault(Kind.LIMITED, options, f"{wait.limit} is used up{until}: raise it, or DRAFTER_DRAFT_SECONDS")
