"""`serve` and `worker`: the processes of an installation."""

from __future__ import annotations

import signal
import socket
import threading
from typing import Annotated, Any

import typer
import uvicorn

from drafter import compose, logs
from drafter.application import Application
from drafter.domain.errors import Misconfigured
from drafter.settings import Settings, load_settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on, in place of DRAFTER_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on, in place of DRAFTER_PORT.")] = None,
) -> None:
    """Serve the API and the pages, and prepare drafts in the same process."""
    chosen = {name: value for name, value in {"host": host, "port": port}.items() if value is not None}
    settings = load_settings(**chosen)
    logs.configure(settings.log_level)
    with listen(settings) as listener:
        application = compose.application(settings)
        typer.echo(f"Drafter listens on {address(settings, listener)} (Ctrl-C stops it)", err=True)
        server(application).run(sockets=[listener])


def worker() -> None:
    """Prepare drafts and hand replies over, without serving; run as many as you like beside `serve` on PostgreSQL."""
    settings = load_settings()
    logs.configure(settings.log_level)
    application = compose.application(settings, role="worker")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    application.engine.launch()
    typer.echo(f"Worker {application.engine.executor_id} takes jobs (Ctrl-C stops it)", err=True)
    stop.wait()
    application.engine.close()
    application.database.close()


def listen(settings: Settings) -> socket.socket:
    """Return a socket that listens where the settings say. Raises Misconfigured if that is not to be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise Misconfigured(
            f"Port {settings.port} on {settings.host} cannot be used: {error.strerror or error}. "
            "Stop what listens there, or choose another port: PORT=8080 make demo, or drafter serve --port 8080."
        ) from None
    return listener


def address(settings: Settings, listener: socket.socket) -> str:
    """Return the address to open in a browser."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listener.getsockname()[1]}"


def server(application: Application, **options: Any) -> uvicorn.Server:  # noqa: ANN401  # uvicorn's own options
    """Return the HTTP server of an application; it starts and stops the job engine with itself."""
    config = uvicorn.Config(
        compose.create_app(application),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        **options,
    )
    return uvicorn.Server(config)
