"""A receiver of webhooks on loopback that remembers what it was sent, and whether it should have been."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class Receiver:
    """Confirms every delivery, after a while; a context manager."""

    def __init__(self, is_confirmed: Callable[[str], bool], seconds: float = 0.0) -> None:
        """Make a receiver.

        Args:
            is_confirmed: whether the installation has it on record that a delivery, by its id, was confirmed.
            seconds: between a delivery's coming and its being confirmed.
        """
        self._is_confirmed = is_confirmed
        self._seconds = seconds
        self._goes_on = threading.Event()
        self._goes_on.set()
        self.received: list[str] = []  # delivery ids, in the order in which they came
        self.needless: list[str] = []  # those of them that were on record as confirmed when they came
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        """The address for a shop's webhook."""
        return f"http://127.0.0.1:{self._server.server_port}/replies"

    def hold(self) -> None:
        """Let what comes from now on wait for its answer."""
        self._goes_on.clear()

    def go_on(self) -> None:
        """Answer what waits."""
        self._goes_on.set()

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.go_on()
        self._server.shutdown()
        self._server.server_close()

    def _handler(receiver) -> type[BaseHTTPRequestHandler]:  # noqa: N805  # `self` is the handler's below
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the name http.server looks for
                self.rfile.read(int(self.headers["content-length"]))
                receiver._came(self.headers["webhook-id"])
                try:
                    self.send_response(204)
                    self.end_headers()
                except ConnectionError:
                    pass  # the sender was killed

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    def _came(self, delivery_id: str) -> None:
        if self._is_confirmed(delivery_id):
            self.needless.append(delivery_id)
        self.received.append(delivery_id)
        self._goes_on.wait()
        time.sleep(self._seconds)
