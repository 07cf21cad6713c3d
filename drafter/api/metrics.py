"""Counters in Prometheus' text form, kept by this process."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[Mapping[str, str], float]  # labels and value
_UNKNOWN = "unknown"  # a path of no route, whose text would make a new series each, or refused before


class RequestCounts:
    """Requests answered, by method, route and status; safe to use from several threads."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, int]] = Counter()
        self._lock = threading.Lock()

    def add(self, method: str, route: str, status: int) -> None:
        """Count one request."""
        with self._lock:
            self._counts[method, route, status] += 1

    def samples(self) -> list[Sample]:
        """Return the counts with their labels."""
        with self._lock:
            counts = sorted(self._counts.items())
        return [
            ({"method": method, "route": route, "status": str(status)}, count)
            for (method, route, status), count in counts
        ]


class Counted:
    """Counts every request that passes, under its route's pattern."""

    def __init__(self, app: ASGIApp, counts: RequestCounts) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note its status."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._app(scope, receive, watched)
        self._counts.add(_method(scope), route_of(scope), status)


def route_of(scope: Scope) -> str:
    """Return the pattern of the route that took a request, with the prefix that it is mounted under."""
    pattern = getattr(scope.get("route"), "path_format", None)
    return scope.get("root_path", "") + pattern if isinstance(pattern, str) else _UNKNOWN


def _method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in {"GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"} else _UNKNOWN


def family(name: str, kind: str, text: str, samples: Iterable[Sample]) -> str:
    """Return one metric family in the text form; `kind` is `counter` or `gauge`."""
    lines = [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
    for labels, value in samples:
        inner = ",".join(f'{label}="{_escaped(content)}"' for label, content in labels.items())
        lines.append(f"{name}{{{inner}}} {value}" if inner else f"{name} {value}")
    return "\n".join(lines) + "\n"


def _escaped(content: str) -> str:
    return content.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
