"""The reviews of a batch, in the order of its lines, so that near copies among them are told without a database."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice

from drafter.commands.lines import Task
from drafter.domain.review import Review
from drafter.domain.situation import Likeness
from drafter.readers.fingerprint import bands, groups
from drafter.readers.suspicion import likeness_of

_LOOKED_AT = 40  # reviews of one band; a text that thousands share is told from forty as well


class SeenReviews:
    """Remembers reviews by the bands of their fingerprints; a look-up does not go through them all."""

    def __init__(self) -> None:
        self._in_band: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        self._reviews: list[tuple[str, Review]] = []
        self._place: dict[str, int] = {}

    def add(self, task: Task) -> None:
        """Remember a line's review; the first line of an id counts."""
        if task.id in self._place:
            return
        place = self._place[task.id] = len(self._reviews)
        self._reviews.append((task.id, task.case.review))
        for band in enumerate(bands(groups(task.case.review.full_text))):
            self._in_band[band].append(place)

    def likeness(self, task: Task) -> Likeness | None:
        """Return how far the reviews of earlier lines say the same; the same whenever the answer is asked for."""
        before = self._place.get(task.id, 0)
        found: set[int] = set()
        for band in enumerate(bands(groups(task.case.review.full_text))):
            found.update(place for place in islice(self._in_band.get(band, ()), _LOOKED_AT) if place < before)
        return likeness_of(task.case.review, dict(self._reviews[place] for place in sorted(found)))
