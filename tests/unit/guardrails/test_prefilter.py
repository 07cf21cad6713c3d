"""The prefilter leaves out what cannot match, and nothing that can."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import guardrails
from guardrails.kinds import rules, word_file
from guardrails.normalise import seen
from guardrails.prefilter import Prefilter, needed, pieces_of

_FILES = ("incentive", "liability", "off_platform_contact", "promotional", "tone", "unverified_commitment")


def _texts() -> list[str]:
    files = sorted((Path(guardrails.__file__).parent / "cases").glob("*.yaml"))
    found = re.findall(r'^\s+- (?:"|\')?(.{20,})$', "\n".join(file.read_text("utf-8") for file in files), re.MULTILINE)
    return [view for text in found[::7] for view in (seen(text).text, seen(text).folded.text)]


@pytest.mark.parametrize("name", _FILES)
def test_every_pattern_that_matches_a_case_is_searched(name: str) -> None:
    """On the texts of all cases, each pattern that finds something is among those that the prefilter lets through."""
    matched = 0
    for key in word_file(name):
        found = rules(name, key)
        for text in _texts():
            able = {pattern.pattern for pattern in found.prefilter.able(pieces_of(text))}
            matching = {pattern.pattern for pattern in found.flag if pattern.search(text)}
            matched += len(matching)
            assert matching <= able
    assert matched > 0


def test_most_patterns_are_not_searched_in_a_plain_reply() -> None:
    """A reply that breaks nothing needs the search of few patterns."""
    text = "thank you, ana. we are glad that the lamp gives you good light."
    every = [(rules(name, key), key) for name in _FILES for key in word_file(name)]
    searched = sum(len(found.prefilter.able(pieces_of(text))) for found, _ in every)
    assert searched < 0.15 * sum(len(found.flag) for found, _ in every)


@pytest.mark.parametrize(
    "pattern", ["(?i)review", "(?i:review)", r"\w+", "a|bc", "(?:free )?", "(?=review)x", "[abc]d", "x{0,3}"]
)
def test_what_is_not_understood_is_always_searched(pattern: str) -> None:
    """Optional, empty, single and look-ahead parts are no ground for leaving a pattern out."""
    assert needed(re.compile(pattern)) == ()


_words = st.sampled_from(["free", "gift", "re", "view", "star", "code", "a", "we", "ab", "x1"])
_parts = st.recursive(
    _words,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        inner.map(lambda part: f"(?:{part})?"),
        inner.map(lambda part: f"(?:{part})+"),
        st.lists(inner, min_size=2, max_size=3).map(r"\s?".join),
    ),
    max_leaves=6,
)


@given(pattern=_parts.flatmap(lambda p: st.tuples(st.just(p), st.from_regex(re.compile(p, re.ASCII), fullmatch=True))))
def test_whatever_a_pattern_matches_it_is_searched_for(pattern: tuple[str, str]) -> None:
    """A text made from a pattern is never kept from it."""
    compiled = re.compile(pattern[0])
    assert Prefilter([compiled]).able(pieces_of(f"so {pattern[1]} it is")) == [compiled]
