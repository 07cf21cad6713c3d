"""The real model is served on loopback, answers in words, and goes when its parent goes."""

import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request

import pytest

from evals.babble import llama_server

pytestmark = pytest.mark.skipif(llama_server.missing() is not None, reason=str(llama_server.missing()))

PARENT = """
import sys
from evals.babble.llama_server import serving
with serving() as address:
    print(address, flush=True)
    sys.stdin.read()
"""


def ask(address: str) -> str:
    body = {"model": "smollm2", "max_tokens": 12, "messages": [{"role": "user", "content": "Say hello."}]}
    request = urllib.request.Request(  # noqa: S310  # loopback
        f"{address}/chat/completions", json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return str(json.load(answer)["choices"][0]["message"]["content"])


def test_it_answers_in_words_and_the_same_words_again() -> None:
    with llama_server.serving() as address:
        assert address.startswith("http://127.0.0.1:")
        first = ask(address)
        assert first.split()
        assert ask(address) == first


def test_it_goes_when_its_parent_is_killed() -> None:
    """A killed test leaves no server behind."""
    with subprocess.Popen(  # noqa: S603  # this file
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        address = parent.stdout.readline().strip()
        assert ask(address)
        parent.kill()
        parent.wait()
    patience = threading.Event()
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/models", timeout=5).close()  # noqa: S310
        except (urllib.error.URLError, ConnectionError):
            return
        patience.wait(0.1)
    pytest.fail("the server still answers a minute after its parent was killed")
