"""`model`: CPU time of a draft that a model writes, layer by layer, beside the bare client making the same calls.

The model is the scripted server in another process: only our side's CPU is counted, and its answers come at once, so
that what is left is what Drafter and its libraries add to a call.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openai import AsyncOpenAI

from drafter import compose, pipeline
from drafter.domain.case import Brief, Case
from drafter.domain.errors import DrafterError
from drafter.domain.ports import Writer
from drafter.domain.situation import Route, Situation, route_of
from drafter.embeddings import E5Embedder
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.readers.embedding import EmbeddingReader
from drafter.readers.heads import encoder_tuning
from drafter.settings import load_settings
from drafter.writers.answers import WrittenReply
from drafter.writers.llm import PROMPT, LlmWriter
from evals.bench.measure import cpu_seconds, sample_cases, tell
from prompts.prompt import Prompt

MODEL = "scripted"
KEY_VARIABLE = "SCRIPTED_SERVER_KEY"  # its own, so that no real key is sent; the server takes any
KEPT_TEXTS = 50  # by the embedder: those of one review, as in service, and none of the round before
CALL_SECONDS = 60.0
ROUNDS = 3  # of all drafts of the sample; reading and checking them takes most of the time

Work = Callable[[], Coroutine[Any, Any, None]]


class _Layers:
    """The same drafts through more and more of Drafter, one call after the other."""

    def __init__(self, url: str, log: Path) -> None:
        key = os.environ.setdefault(KEY_VARIABLE, MODEL)
        options = ModelOptions(
            name=f"openai:{MODEL}", base_url=url, api_key_env=KEY_VARIABLE, call_seconds=CALL_SECONDS
        )
        embedder, languages = E5Embedder(cached_texts=KEPT_TEXTS, tuning=encoder_tuning()), compose.languages()
        self._reader = EmbeddingReader(embedder, languages)
        self._inspector = compose.inspector()
        self._model = ChatModel(options)
        self._writer = LlmWriter(self._model, Prompt(PROMPT))
        self._client = AsyncOpenAI(base_url=url, api_key=key, max_retries=0, timeout=CALL_SECONDS)
        self._log = log
        self.drafted: list[tuple[Case, Situation]] = []
        self.bodies: list[dict[str, Any]] = []

    async def learn(self) -> None:
        """Find the sample reviews that get a draft, and the calls that their drafts take.

        Raises:
            DrafterError: drafts take more than a call each, so that the layers could not be compared.
        """
        for case in sample_cases():
            situation = await self._reader.read(case)
            if route_of(situation) is Route.DRAFT:
                self.drafted.append((case, situation))
        await self.pipeline()
        self.bodies = [json.loads(line)["body"] for line in self._log.read_text(encoding="utf-8").splitlines()]
        if len(self.bodies) != len(self.drafted):
            raise DrafterError(f"{len(self.drafted)} drafts took {len(self.bodies)} calls: compare them call by call.")

    async def client(self) -> None:
        """Only the calls, by the provider's own client."""
        for body in self.bodies:
            await self._client.chat.completions.create(**body)

    async def model(self) -> None:
        """The calls as Drafter makes them: limits, retries, errors in its words, the answer read and validated."""
        for body in self.bodies:
            system, user = (message["content"] for message in body["messages"])
            await self._model.ask(system, user, WrittenReply, seconds=CALL_SECONDS)

    async def writer(self) -> None:
        """The prompt filled in and masked besides, and the answer made a draft."""
        for case, situation in self.drafted:
            await self._writer.write(case, situation, Brief())

    async def pipeline(self) -> None:
        """Each review read and the draft checked besides: all that a draft takes."""
        await self._prepare([self._writer])

    async def pipeline_by_templates(self) -> None:
        """The same without a model."""
        await self._prepare(compose.pipeline_parts(load_settings(writer="template")).writers)

    async def _prepare(self, writers: Sequence[Writer]) -> None:
        for case, _ in self.drafted:
            made = await pipeline.prepare(case, reader=self._reader, writers=writers, inspector=self._inspector)
            if made.draft is None:
                raise DrafterError("A review of the sample got no draft.")


@contextmanager
def _scripted_server(log: Path) -> Iterator[str]:
    """Serve good answers from another process, which logs what it is sent; yield its address."""
    command = [sys.executable, "-m", "drafter.testing.model_server", "--answer", "good", "--log", str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own command
        try:
            line = process.stdout.readline() if process.stdout else ""
            yield dict(word.split("=", 1) for word in line.split() if "=" in word)["OPENAI_BASE_URL"]
        finally:
            process.terminate()


def run() -> None:
    """Measure each layer; the figures are CPU milliseconds of one draft, the ratios those to the bare client."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as loop:  # one loop: connections belong to theirs
        log = Path(folder) / "requests.jsonl"
        with _scripted_server(log) as url:
            layers = _Layers(url, log)
            loop.run(layers.learn())
            found = cpu_seconds({work.__name__: _on(loop, work) for work in _works(layers)}, rounds=ROUNDS)
    drafts = len(layers.drafted)
    milliseconds = {name: 1000 * seconds / drafts for name, seconds in found.items()}
    bare = milliseconds["client"]
    tell(
        "model",
        {
            "drafts": drafts,
            "calls": len(layers.bodies),
            **{f"cpu_ms_per_draft_{name}": figure for name, figure in milliseconds.items()},
            **{f"ratio_{name}": figure / bare for name, figure in milliseconds.items() if name != "client"},
        },
    )


def _works(layers: _Layers) -> tuple[Work, ...]:
    return layers.client, layers.model, layers.writer, layers.pipeline_by_templates, layers.pipeline


def _on(loop: asyncio.Runner, work: Work) -> Callable[[], None]:
    return lambda: loop.run(work())
