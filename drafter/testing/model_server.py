"""`python -m drafter.testing.model_server --answer NAME`: a scripted provider, to try Drafter without a real one."""

from __future__ import annotations

import argparse
import json
import signal
import threading
from contextlib import ExitStack
from pathlib import Path

from drafter.testing.chat import MODEL, ChatRequest
from drafter.testing.faults import FAULTS, GOOD
from drafter.testing.server import ModelServer


def main(arguments: list[str] | None = None) -> None:
    """Print the settings that point Drafter at the server, and serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m drafter.testing.model_server", description=__doc__)
    parser.add_argument(
        "--answer",
        default=GOOD,
        choices=[GOOD, *FAULTS],
        metavar="NAME",
        help=f"{GOOD}, or a fault: {', '.join(FAULTS)}",
    )
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--share", type=float, default=1.0, help="part of the calls that meet the fault, 0 to 1")
    parser.add_argument("--mends", action="store_true", help="answer well where the prompt says what was wrong")
    parser.add_argument("--log", type=Path, help="file to append every request to, as lines of JSON")
    chosen = parser.parse_args(arguments)
    ended = threading.Event()
    for end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(end, lambda *_: ended.set())
    with ExitStack() as stack:
        log = stack.enter_context(chosen.log.open("a", encoding="utf-8")) if chosen.log else None

        def note(request: ChatRequest) -> None:
            if log is not None:
                fields = {"path": request.path, "headers": dict(request.headers), "body": dict(request.body)}
                log.write(json.dumps(fields, ensure_ascii=False) + "\n")
                log.flush()

        server = stack.enter_context(
            ModelServer(chosen.answer, share=chosen.share, mends=chosen.mends, port=chosen.port, on_request=note)
        )
        print(f"export OPENAI_BASE_URL={server.url} OPENAI_API_KEY={MODEL} DRAFTER_MODEL=openai:{MODEL}", flush=True)  # noqa: T201  # it is a command
        ended.wait()


if __name__ == "__main__":
    main()
