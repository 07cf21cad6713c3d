"""`evals`: what the runner adds to the time of a run, with a stub that takes 300 ms and with the real path to a model.

The baseline of the stub is arithmetic: as many waves of 300 ms as the cases need. That of the model path is the bare
LangChain client making the same calls, as many at the same time, to the same scripted server in another process.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import ceil
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from langchain.chat_models import init_chat_model
from pydantic_evals import Case as EvalCase

from drafter import compose
from drafter.compose import PipelineParts
from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft, Provenance, Usage
from drafter.domain.situation import Situation
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.settings import Settings
from drafter.testing import Answer, ChatRequest, ModelServer, ScriptedInspector, ScriptedReader
from drafter.testing.faults import good
from drafter.writers.answers import WrittenReply
from drafter.writers.llm import PROMPT, LlmWriter
from evals.bench.measure import tell
from evals.cases import EvalDataset
from evals.loading import AnyDataset, load
from evals.runs import Plan, carry_out
from evals.runs.origin import origin_of
from prompts.prompt import Prompt

SECONDS = 0.3  # that each answer takes
STUB_CASES, STUB_IN_FLIGHT = 1_000, 64
MODEL_CASES = 300
MODEL_IN_FLIGHT = (8, 64)
KEY_VARIABLE = "SCRIPTED_SERVER_KEY"
MODEL = "openai:scripted"


@dataclass(frozen=True, kw_only=True)
class Took:
    """How long something took: by the clock, and of this process's CPU."""

    seconds: float
    cpu: float


class StubWriter:
    """Answers after 300 ms, as a model would."""

    name = "llm"

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        """Return a draft about that case."""
        await asyncio.sleep(SECONDS)
        usage = Usage(calls=1, tokens_in=900, tokens_out=120, cost_usd=0.0005)
        return Draft(
            public_reply=f"Thank you for telling us. We are glad that {case.review.text} works so well for you.",
            language="en",
            provenance=Provenance(writer=self.name, model="stub", usage=usage, attempt=brief.attempt),
        )


def run() -> None:
    """Measure both paths; a ratio is the baseline's time over ours, 1 where the runner adds nothing."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as loop:  # one loop: connections belong to theirs
        loop.run(stub_run(Path(folder) / "warm", STUB_IN_FLIGHT))  # loads what scorers need
        stub, waiting = loop.run(stub_run(Path(folder) / "stub", STUB_CASES)), loop.run(bare_stub())
        figures = {
            "stub_cases": STUB_CASES,
            "stub_seconds": stub.seconds,
            "stub_ratio_of_ideal": ceil(STUB_CASES / STUB_IN_FLIGHT) * SECONDS / stub.seconds,
            "stub_ratio_of_bare_sleep": waiting.seconds / stub.seconds,
            "stub_cpu_ms_per_case": 1000 * stub.cpu / STUB_CASES,
        }
        with slow_server() as url:
            dataset = loop.run(drafted(load("replies"), MODEL_CASES))
            messages = loop.run(messages_of(dataset, Path(folder) / "learn"))
            for in_flight in MODEL_IN_FLIGHT:
                bare = loop.run(bare_calls(url, messages, in_flight))
                place = Path(folder) / f"model-{in_flight}"
                ours = loop.run(carried_out(dataset, model_parts(url, in_flight), place, in_flight))
                rates = len(messages) / bare.seconds, len(dataset.cases) / ours.seconds
                figures |= {
                    f"model_calls_a_second_bare_{in_flight}": rates[0],
                    f"model_cases_a_second_{in_flight}": rates[1],
                    f"model_ratio_{in_flight}": rates[1] / rates[0],
                    f"model_cpu_ms_per_case_{in_flight}": 1000 * ours.cpu / len(dataset.cases),
                    f"model_cpu_ms_per_call_bare_{in_flight}": 1000 * bare.cpu / len(messages),
                }
    tell("evals", figures)


async def stub_run(folder: Path, count: int) -> Took:
    """Carry out a run whose writer only waits, over that many cases."""
    reader = ScriptedReader()
    reader.name = "embedding"  # it costs nothing, as the embedded one
    parts = PipelineParts(reader=reader, writers=(StubWriter(),), inspector=ScriptedInspector())
    cases = load("replies").cases
    many = [renamed(cases[number % len(cases)], f"stub-{number}") for number in range(count)]  # each another case
    return await carried_out(EvalDataset(name="stub", cases=many), parts, folder, STUB_IN_FLIGHT)


async def bare_stub() -> Took:
    """Wait as often as the stub does, as many at the same time, and do nothing else."""
    free = asyncio.Semaphore(STUB_IN_FLIGHT)

    async def wait() -> None:
        async with free:
            await asyncio.sleep(SECONDS)

    started, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(wait() for _ in range(STUB_CASES)))
    return Took(seconds=time.perf_counter() - started, cpu=time.process_time() - cpu)


def renamed(case: EvalCase[Any, Any, Any], name: str) -> EvalCase[Any, Any, Any]:
    """Return the case under another name, and so with another review."""
    review = case.inputs.review.with_changes(external_id=name)
    return EvalCase(name=name, inputs=case.inputs.with_changes(review=review), metadata=case.metadata)


async def carried_out(dataset: AnyDataset, parts: PipelineParts, folder: Path, in_flight: int) -> Took:
    """Carry out a run, with its journal, its cache and all scorers."""
    origin = origin_of(Settings(writer="template", _env_file=None), parts)
    plan = Plan(name="bench", origin=origin, folder=folder / "run", cache=folder / "answers.db", concurrency=in_flight)
    started, cpu = time.perf_counter(), time.process_time()
    done = await carry_out(plan, dataset, parts)
    took = Took(seconds=time.perf_counter() - started, cpu=time.process_time() - cpu)
    if len(done.results) != len(dataset.cases):
        raise RuntimeError(f"{len(done.broken)} cases crashed: {done.broken[:1]}")
    return took


async def drafted(dataset: AnyDataset, most: int) -> EvalDataset:
    """Return the cases that a person's or no reply does not belong to: each takes a call."""
    parts = compose.pipeline_parts(Settings(writer="template", _env_file=None))
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(name="find", origin=origin_of(Settings(_env_file=None), parts), folder=Path(folder))
        done = await carry_out(plan, dataset, parts)
    names = {result.case for result in done.reviews if result.output.draft is not None}
    drafted: list[EvalCase[Any, Any, Any]] = [case for case in dataset.cases if case.name in names]
    return EvalDataset(name="drafted", cases=drafted[:most])


def model_parts(url: str, in_flight: int) -> PipelineParts:
    """Return the real parts, with a model at an address."""
    os.environ.setdefault(KEY_VARIABLE, "none")
    options = ModelOptions(name=MODEL, base_url=url, api_key_env=KEY_VARIABLE, concurrency=in_flight)
    parts = compose.pipeline_parts(Settings(writer="template", _env_file=None))
    return replace(parts, writers=(LlmWriter(ChatModel(options), Prompt(PROMPT)), *parts.writers))


async def messages_of(dataset: AnyDataset, folder: Path) -> list[list[tuple[str, str]]]:
    """Return what our path sends for these cases, from a server that answers at once; vectors are warm after it."""
    with ModelServer() as server:
        await carried_out(dataset, model_parts(server.url, MODEL_IN_FLIGHT[0]), folder, MODEL_IN_FLIGHT[0])
        bodies = [request.body for request in server.requests]
    return [[(message["role"], message["content"]) for message in body["messages"]] for body in bodies]


async def bare_calls(url: str, messages: Sequence[list[tuple[str, str]]], in_flight: int) -> Took:
    """Make the same calls with LangChain's client alone."""
    model = init_chat_model(MODEL, base_url=url, api_key="none", max_retries=0, timeout=30)
    client = model.with_structured_output(WrittenReply, method="function_calling", include_raw=True)

    free = asyncio.Semaphore(in_flight)

    async def call(asked: list[tuple[str, str]]) -> None:
        async with free:
            await client.ainvoke(asked)

    started, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*map(call, messages))
    return Took(seconds=time.perf_counter() - started, cpu=time.process_time() - cpu)


@contextmanager
def slow_server() -> Iterator[str]:
    """Serve good answers that take 300 ms, from another process; yield its address."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("end")
        process.join()


def _serve(ours: Connection) -> None:
    def late(request: ChatRequest) -> Answer:
        return replace(good(request), seconds=SECONDS)

    with ModelServer(late) as server:
        ours.send(server.url)
        ours.recv()
