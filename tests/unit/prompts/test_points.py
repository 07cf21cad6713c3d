"""Every point is found by its words, and every clause that repeats one passes the guardrails in a sentence."""

from collections.abc import Iterator
from itertools import cycle

import pytest

from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.finding import blocking
from drafter.domain.review import Review
from drafter.domain.shop import SUPPORTED_LANGUAGES
from drafter.domain.situation import Channel
from drafter.domain.text import UNSPACED_LANGUAGES, sentences
from drafter.languages import Languages
from drafter.reports.clauses import Lists
from drafter.reports.points import complaints_in, praise_in
from guardrails.runner import Guardrails
from prompts.library import Library, Point, PointFrames, Points, render, variables_of

LIBRARY = Library()
GUARDRAILS = Guardrails(languages=Languages())
GREETED = {"ja": "佐藤", "th": "แอน"}


def points_of(language: str) -> Points:
    points = LIBRARY.points(language)
    assert points is not None
    return points


def frames_of(language: str) -> PointFrames:
    frames = LIBRARY.common(language).points
    assert frames is not None
    return frames


def every_point(language: str) -> Iterator[tuple[str, Point]]:
    """Yield each point with its side."""
    points = points_of(language)
    for side, groups in (("complaints", points.complaints), ("praise", points.praise)):
        for group in groups.values():
            for point in group:
                yield side, point


def review_of(point: Point, word: str, language: str, *, need: int = 0) -> str:
    """Return a review that says no more than the point."""
    words = (word, *point.needs[need : need + 1])
    return ("" if language in UNSPACED_LANGUAGES else " ").join(one.replace("*", "") for one in words)


def passes(text: str, review: str, *, glad: bool, language: str) -> list[str]:
    """Return what the guardrails block in a public reply."""
    reply = ReplyToCheck(
        case=Case(review=Review(external_id="1", text=review, rating=5 if glad else 2, language=language)),
        channel=Channel.PUBLIC,
        language=language,
        public_reply=text,
    )
    return [f"{one.code}: {text[one.start : one.end]!r} in {text!r}" for one in blocking(GUARDRAILS.inspect(reply))]


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_there_are_enough_sentences_to_repeat_in(language: str) -> None:
    frames = frames_of(language)
    lengths = {
        name: [len(sentences(render(frame, {"point": "abc"}), language)) for frame in getattr(frames, name)]
        for name in ("sorry", "glad", "message", "though", "also")
    }
    assert all(length <= 2 for name in ("sorry", "glad", "message") for length in lengths[name])
    assert all(length == 1 for name in ("though", "also") for length in lengths[name])
    assert min(map(len, lengths.values())) >= 4
    for name in ("sorry", "glad"):
        assert len(lengths[name]) >= 8
        assert lengths[name].count(1) >= 3  # they leave room for a further point
    assert lengths["glad"].count(2) >= 3  # they stand alone
    assert len(LIBRARY.common(language).asked) >= 3


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_each_point_or_one_of_its_kind_is_found_by_its_words(language: str) -> None:
    points, lists = points_of(language), Lists(language=language, library=LIBRARY)
    lost = []
    for side, point in every_point(language):
        needs = range(max(1, len(point.needs)))
        reviews = (review_of(point, word, language, need=need) for need in needs for word in point.words)
        found_in = complaints_in if side == "complaints" else praise_in
        if not any(
            (one.point.kind or one.point.id) == (point.kind or point.id)
            for review in reviews
            for one in found_in([review], points, lists)
        ):
            lost.append(point.id)
    assert not lost


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_each_clause_passes_in_a_sentence(language: str) -> None:
    frames, common = frames_of(language), LIBRARY.common(language)
    turns = {side: cycle(getattr(frames, name)) for side, name in (("complaints", "sorry"), ("praise", "glad"))}
    last = {
        "complaints": common.invites.public[0],
        "praise": next(iter(LIBRARY.templates(language, "positive").public.resolve)),  # type: ignore[union-attr]
    }
    greeting = render(common.greeting.with_name[0], {"name": GREETED.get(language, "Ana")})
    found: list[str] = []
    for number, (side, point) in enumerate(every_point(language)):
        word = point.words[number % len(point.words)].replace("*", "")
        clause = " ".join(render(point.says, {"after": "", "found": word}).split())
        text = common.join.join([greeting, render(next(turns[side]), {"point": clause}), last[side]])
        found += passes(text, review_of(point, word, language), glad=side == "praise", language=language)
    assert not found


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_what_stands_for_a_thing_is_a_form_of_its_topics(language: str) -> None:
    topics = LIBRARY.topics(language)
    assert topics is not None
    assert points_of(language).thing in topics.variables()
    for _, point in every_point(language):
        assert not point.of_thing or "thing" in variables_of(point.of_thing)
