"""`drafts`: what a draft by a model sends: tokens, what requests have in common, calls, and no personal data.

Everything is counted from the requests that a scripted server received, over the sample reviews and the shipped cases.

Two designs are compared. The *long* one is what ships: exact rules and worked answers before everything that changes,
so that providers keep them between requests (they do from 1,024 tokens on). The *short* one is the same prompt without
its finer points and worked answers, so that a whole request stays small. Tokens are UTF-8 bytes / 4, the tool included.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import statistics
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

from drafter import compose, logs, pipeline
from drafter.domain.case import Brief, Case, Prepared
from drafter.domain.draft import Attempt
from drafter.domain.example import Example
from drafter.domain.judging import is_judging
from drafter.domain.personal_data import find_personal_data
from drafter.domain.shop import BrandVoice, Shop, VoiceExample
from drafter.domain.situation import Route, Situation, SituationName, route_of
from drafter.judge.bench import Bench
from drafter.judge.llm import PROMPT as JUDGE_PROMPT
from drafter.judge.llm import LlmJudge
from drafter.llm.gate import Times
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.settings import load_settings
from drafter.testing import Answer, ChatRequest, ModelServer
from drafter.testing.chat import failure
from drafter.testing.verdicts import is_judging as asks_a_judge
from drafter.writers.llm import PROMPT, LlmWriter
from evals.bench.measure import sample_cases, tell
from evals.cases import load
from prompts.prompt import Prompt

KEY_VARIABLE = "SCRIPTED_SERVER_KEY"  # its own, so that no real key is sent; the server takes any
MODEL = "openai:scripted"
DRAFTS = 300  # over which is counted
CUT = "# Finer points"  # of the rules: what follows it up to the form is what the short design leaves out
FORM = "# The form"
LEAST_KEPT = 1024  # tokens of a prefix that providers keep
PRICES_KEPT = {"half": 0.5, "quarter": 0.25, "tenth": 0.1}  # of a token that the provider kept, in its full price
#: What becomes of a hundred answers: these faults, the others good.
DECK = {"breaks_tone": 5, "breaks_promotional": 5, "half_json": 2, "busy": 1}

VOICE = BrandVoice(
    tone="formal",
    sign_off="Your bag team",
    use=("with pleasure", "made to be carried"),
    avoid=("cheap", "no worries", "guys"),
    examples=(
        VoiceExample(
            review="Came in two days, sits well on the shoulder.",
            reply="Good to read that it sits well on your shoulder. Thank you for telling us.",
        ),
    ),
)
FACTS = {
    "return_policy": "Returns within 30 days of delivery, unused.",
    "answer_time": "Chat is read on business days.",
}
#: A shop that says all that it can say, and a case like which one was answered before.
SPEAKING = Shop(display_name="Bags and More", brand_voice=VOICE, standing_facts=FACTS)
APPROVED = {
    "review_excerpt": "The buckle came off on the first day.",
    "reply": "Sorry that the buckle did not last a day. Send us a picture in the shop chat and we look at it together.",
}

AUTHOR, MAIL, ORDER, PHONE, PARCEL = "Mara Quillon", "mara.q@example.com", "A7731942", "212 555 0142", "QZ-4411-B"
_PLANTED = f" I am Mara Quillon, {MAIL}, order #{ORDER}, call +1 {PHONE}."


class Sizes(NamedTuple):
    """How long requests are, in tokens of four bytes."""

    mean: float
    p95: float
    most: float
    prefix: float  # that they have in common from their first byte on

    def priced(self, price: float) -> float:
        """Return a mean prompt in tokens at full price, where kept ones cost `price` and the provider keeps ours."""
        return self.mean - (1 - price) * (self.prefix if self.prefix >= LEAST_KEPT else 0)


async def at_once(_seconds: float) -> None:
    """Wait for nothing: what is counted does not depend on it."""


def run(drafts: int = DRAFTS) -> None:
    """Count over so many drafts, and print a table and one line of JSON."""
    logs.configure("ERROR")  # the faults are meant
    with asyncio.Runner() as loop:
        loop.run(_run(drafts))


async def _run(drafts: int) -> None:
    read = await _read_cases(drafts)
    figures: dict[str, Any] = {"cases": len(read)}
    with tempfile.TemporaryDirectory() as folder:
        designs = {"long": Prompt(PROMPT), "short": Prompt(PROMPT, _without_finer_points(Path(folder)))}
        plain = {name: await _sizes(prompt, read, speaking=False) for name, prompt in designs.items()}
        speaking = {name: await _sizes(prompt, read, speaking=True) for name, prompt in designs.items()}
    for name in designs:
        figures |= _told(f"{name}_plain", plain[name]) | _told(f"{name}_speaking", speaking[name])
    figures |= dict(_compared(plain["long"], plain["short"]))
    figures |= await _calls(read)
    tell("drafts", figures)


async def _read_cases(wanted: int) -> list[tuple[Case, Situation]]:
    """Return the first cases that get a draft, with their situations by the embedded reader."""
    reader = compose.pipeline_parts(load_settings(reader="embedding", writer="template", judge="off")).reader
    read: list[tuple[Case, Situation]] = []
    for case in (*sample_cases(), *(case.inputs.as_case() for case in load("replies").cases)):
        if len(read) == wanted:
            break
        situation = await reader.read(case)
        if route_of(situation) is Route.DRAFT:
            read.append((case, situation))
    return read


def _without_finer_points(folder: Path) -> Path:
    """Return a folder with the shipped prompt whose rules end where the finer points begin."""
    with as_file(files("prompts") / PROMPT) as shipped:
        shutil.copytree(shipped, folder / PROMPT)
    system = folder / PROMPT / "system.md"
    rules, _, rest = system.read_text(encoding="utf-8").partition(CUT)
    system.write_text(rules + FORM + rest.partition(FORM)[2], encoding="utf-8")
    return folder


@contextmanager
def _model(answer: Callable[[ChatRequest], Answer | str] | str) -> Iterator[tuple[ModelServer, ChatModel]]:
    os.environ.setdefault(KEY_VARIABLE, "none")
    with ModelServer(answer) as server:
        options = ModelOptions(name=MODEL, base_url=server.url, api_key_env=KEY_VARIABLE)
        yield server, ChatModel(options, Times(sleep=at_once))


async def _sizes(prompt: Prompt, read: Sequence[tuple[Case, Situation]], *, speaking: bool) -> Sizes:
    """Return how long the requests of first drafts are, of plain shops or of one that says all that it can."""
    with _model("good") as (server, model):
        writer = LlmWriter(model, prompt)
        for case, situation in read:
            await _written(writer, case, situation, speaking=speaking)
        sent = [_as_sent(request) for request in server.requests]
    tokens = sorted(len(request) / 4 for request in sent)
    return Sizes(
        mean=statistics.fmean(tokens),
        p95=tokens[int(len(tokens) * 0.95)],
        most=tokens[-1],
        prefix=_in_common(sent),
    )


def _written(writer: LlmWriter, case: Case, situation: Situation, *, speaking: bool) -> Awaitable[object]:
    if not speaking:
        return writer.write(case, situation, Brief())
    language = SPEAKING.answers_in(situation.language)
    example = Example(situation=SituationName.QUALITY, language=language, **APPROVED)
    return writer.write(case.with_changes(shop=SPEAKING), situation, Brief(examples=(example,)))


def _as_sent(request: ChatRequest) -> bytes:
    """Return what a model reads of a request, in the order in which providers read it: the tool, then the messages."""
    tools = json.dumps(request.body.get("tools", []), ensure_ascii=False, separators=(",", ":"))
    return "".join([tools, *(message["content"] for message in request.body["messages"])]).encode()


def _in_common(sent: Sequence[bytes]) -> float:
    """Return how many tokens all requests have in common from their first byte on."""
    first, last = min(sent), max(sent)
    return next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first)) / 4


def _told(name: str, sizes: Sizes) -> dict[str, float]:
    return {f"{name}_{figure}_tokens": round(value, 1) for figure, value in sizes._asdict().items()}


def _compared(long: Sizes, short: Sizes) -> Iterator[tuple[str, float]]:
    """Yield what the designs cost, and which share of requests must find the prefix kept for the long one to pay."""
    for name, price in PRICES_KEPT.items():
        yield f"long_priced_tokens_kept_at_a_{name}", round(long.priced(price), 1)
        yield f"long_pays_from_share_kept_at_a_{name}", (long.mean - short.mean) / (long.mean - long.priced(price))


async def _calls(read: Sequence[tuple[Case, Situation]]) -> dict[str, Any]:
    """Return how many calls drafts take of a model that fails now and then, and what its requests gave away."""
    deck = _Deck()
    inspector = compose.inspector()
    made: list[Prepared] = []
    with _model(deck.answer) as (server, model):
        writer, judge = LlmWriter(model, Prompt(PROMPT)), Bench([LlmJudge(model, Prompt(JUDGE_PROMPT))])
        for case, situation in map(_with_data, *zip(*read, strict=True)):
            made.append(await pipeline.answer(case, situation, writers=[writer], inspector=inspector, judge=judge))
        requests = server.requests
    judging = sum(map(asks_a_judge, requests))
    writing = [attempt for prepared in made for attempt in prepared.attempts if not is_judging(attempt)]
    return {
        "drafts": len(made),
        "calls_per_draft": (len(requests) - judging) / len(made),
        "judge_calls_per_draft": judging / len(made),
        **{f"share_of_calls_{name}": count / deck.dealt.total() for name, count in sorted(deck.dealt.items())},
        **_outcomes(writing),
        "drafts_without_an_end": sum(prepared.draft is None for prepared in made),
        "requests_scanned": len(requests),
        "requests_with_personal_data": sum(map(_gives_away, requests)),
    }


def _outcomes(attempts: Sequence[Attempt]) -> dict[str, float]:
    counted = Counter(attempt.outcome for attempt in attempts)
    return {f"share_of_tries_{outcome}": count / len(attempts) for outcome, count in sorted(counted.items())}


class _Deck:
    """Deals faults out in their exact shares, in an order that is the same each time."""

    def __init__(self) -> None:
        self._dice = random.Random(7)  # noqa: S311  # no secret
        self._left: list[str] = []
        self.dealt: Counter[str] = Counter()

    def answer(self, request: ChatRequest) -> Answer | str:
        """Return the next answer; a judge is never out of order."""
        if asks_a_judge(request):
            return "good"
        if not self._left:
            self._left = [name for name, count in DECK.items() for _ in range(count)]
            self._left += ["good"] * (100 - len(self._left))
            self._dice.shuffle(self._left)
        name = self._left.pop()
        self.dealt[name] += 1
        if name == "busy":
            return failure(429, "rate_limit_exceeded", "Rate limit reached.", kind="requests", **{"retry-after": "0"})
        return name


def _with_data(case: Case, situation: Situation) -> tuple[Case, Situation]:
    """Return a case whose customer tells all of themselves, and whose facts hold it once more."""
    review = case.review.with_changes(
        author=AUTHOR, text=case.review.text + _PLANTED, order_ref=PARCEL, external_id=f"{case.review.external_id}-x"
    )
    facts = {**case.case_facts, "customer_name": AUTHOR, "order_id": ORDER, "order_status": f"{PARCEL} is on its way"}
    return case.with_changes(review=review, case_facts=facts), situation


def _gives_away(request: ChatRequest) -> bool:
    """Whether a request holds what was planted, or anything that reads as personal data."""
    text = request.text
    planted = any(secret.casefold() in text.casefold() for secret in ("Quillon", MAIL, ORDER, PHONE, PARCEL))
    return planted or any(find_personal_data(message["content"]) for message in request.body["messages"])
