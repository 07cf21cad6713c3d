"""Addresses that come from outside: media links and the page to go to after sign-in."""

from __future__ import annotations

import pytest

from drafter.domain.review import Media
from drafter.web.sign_in import safe_path
from drafter.web.views import media_link


@pytest.mark.parametrize("url", ["https://img.example.org/a.jpg", "http://img.example.org/a.jpg?x=1#y"])
def test_web_addresses_of_media_become_links(url: str) -> None:
    assert media_link(Media(url=url), 1).href == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//host/a",
        "/items/1",
        "https://",
        "http://[",
        "",
    ],
)
def test_other_addresses_of_media_do_not(url: str) -> None:
    assert media_link(Media(url=url), 1).href is None


def test_media_are_named_by_kind_and_place() -> None:
    assert media_link(Media(kind="video", url="https://v.example.org"), 2).word == "Video 2"


@pytest.mark.parametrize("path", ["/queue", "/items/itm_1?view=mine"])
def test_a_path_of_ours_is_where_sign_in_leads(path: str) -> None:
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "path", ["", "queue", "//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "/\t/e"]
)
def test_sign_in_never_leads_to_another_host(path: str) -> None:
    assert safe_path(path) == "/queue"
