"""How an endpoint gets at the running installation."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from drafter.application import Application


def _application(request: Request) -> Application:
    application = request.app.state.application
    assert isinstance(application, Application)  # noqa: S101  # set by `create_api`, narrows the type
    return application


App = Annotated[Application, Depends(_application)]
