"""Site: what every page needs: the application, the templates, the words."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from drafter import security
from drafter.application import Application
from drafter.domain.yaml_files import parsed
from drafter.web.words import load_words, speaker

STATIC = Path(str(files("drafter.web"))) / "static"


@dataclass(frozen=True, kw_only=True)
class Site:
    """The pages of one installation."""

    application: Application
    environment: Environment
    secret: bytes  # behind the tokens of forms
    desk: dict[str, Any]  # desk.yaml
    say: Callable[[str, str], str]  # the word for a value, by its group

    def render(self, template: str, status: int = 200, **context: Any) -> HTMLResponse:  # noqa: ANN401  # what a template shows
        """Return a page; a name that the template uses and `context` lacks is an error, unless it has a default."""
        return HTMLResponse(self.text(template, **context), status_code=status)

    def text(self, template: str, **context: Any) -> str:  # noqa: ANN401  # what a template shows
        """Return what a template makes of the context."""
        return self.environment.get_template(template).render(**_DEFAULTS | context)


#: What many templates look at and most pages leave out.
_DEFAULTS: dict[str, Any] = dict.fromkeys(
    ("person", "here", "notice", "open", "toast", "secret", "chosen", "cursor", "oob", "claimed_now", "problem", "name")
)


def build(application: Application) -> Site:
    """Return the site of an application; everything that its templates print is escaped."""
    environment = Environment(
        loader=PackageLoader("drafter.web"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    say = speaker(load_words())
    environment.globals |= {"static": static_address, "say": say}
    desk = parsed(files("drafter.web").joinpath("desk.yaml").read_text(encoding="utf-8"))
    secret = security.secret_key(application.settings)
    return Site(application=application, environment=environment, secret=secret, desk=desk, say=say)


@cache
def static_address(name: str) -> str:
    """Return the address of a static file; it changes with the file, so that browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?{digest}"


def site_of(request: Request) -> Site:
    """Return the site that this request came to."""
    site: Site = request.app.state.web_site
    return site


Here = Annotated[Site, Depends(site_of)]
