"""What a review of emoji says."""

from __future__ import annotations

import pytest

from drafter import data
from drafter.readers.emoji import sentiment_of_emoji


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("👍👍👍", 1),
        ("❤️", 1),
        ("😡😡 👎🏽", -1),
        ("💔", -1),
        (":( :(", -1),
        ("T_T", -1),
        ("^_^ :)", 1),
        ("👍 👎", 0),
        ("😍😍 but 😭", 1),
        ("🤦🏻‍♀️", -1),
        ("🚗📦", None),
        ("", None),
        ("!!!", None),
        ("http://x", None),
    ],
)
def test_the_more_numerous_kind_speaks(text: str, says: int | None) -> None:
    assert sentiment_of_emoji(text) == says


def test_no_sign_says_both() -> None:
    content = data.load("emoji.yaml")
    assert not set(content["glad"].split()) & set(content["unhappy"].split())
