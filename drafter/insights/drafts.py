"""Drafts: how many were approved as they were, how far the others were edited, and why they were rejected."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import AwareDatetime

from drafter.domain.approval import DecisionKind
from drafter.domain.record import Record
from drafter.domain.share import Share, share
from drafter.domain.situation import SituationName
from drafter.insights.repairs import RepairFigures, repair_figures
from drafter.store import outcomes, repairs
from drafter.store.database import Database
from drafter.store.outcomes import Count, Outcome, Remark

WINDOW = timedelta(days=30)  # that a report covers where nobody says
MOST_REASONS = 20  # different ones that are told, the most frequent first
_JUDGED = (Outcome.APPROVED, Outcome.EDITED, Outcome.REJECTED, Outcome.REGENERATED)


class DraftFigures(Record):
    """What people made of some drafts that no person wrote; shares are of those that were judged."""

    situation: SituationName | None  # None: of all
    writer: str | None  # None: of all writers, models and prompts
    model: str | None  # None: of all, or the writer asks none
    prompt_hash: str | None  # of a model's prompt
    judged: int  # approved, edited, rejected or written anew
    approved: Share  # as they were
    edited: Share  # approved with changes
    rejected: Share
    regenerated: Share  # a person asked for another one
    edit_distance: float | None  # mean over the edited ones, 0 to 1; None: none was
    unused: int  # no reply was needed, or it was answered elsewhere


class Reason(Record):
    """What people wrote when they rejected a draft or asked for another, and how often."""

    kind: DecisionKind
    text: str  # as it was written last
    count: int
    situations: tuple[SituationName, ...]


class DraftsReport(Record):
    """How good the drafts were that people decided on in a time."""

    since: AwareDatetime
    until: AwareDatetime
    shop: str | None  # None: all
    total: DraftFigures
    by_situation: tuple[DraftFigures, ...]
    by_version: tuple[DraftFigures, ...]  # writer, model and prompt
    by_both: tuple[DraftFigures, ...]
    reasons: tuple[Reason, ...]
    repairs: tuple[RepairFigures, ...]


class _Slice(NamedTuple):
    situation: SituationName | None = None
    writer: str | None = None
    model: str | None = None
    prompt_hash: str | None = None


def drafts_report(database: Database, *, since: datetime, until: datetime, shop: str | None = None) -> DraftsReport:
    """Return how good the drafts were.

    Args:
        database: of the installation; nothing is written.
        since: drafts that were decided at that time or later, and tries of that time or later.
        until: now; it is told with the figures.
        shop: of that name; None: all shops.
    """
    with database.reading() as session:
        counts = outcomes.counts(session, since, shop=shop)
        remarks = outcomes.remarks(session, since, shop=shop)
        mended = repair_figures(repairs.runs(session, since, shop=shop))
    return DraftsReport(
        since=since,
        until=until,
        shop=shop,
        total=_figures(_Slice(), counts),
        by_situation=_sliced(counts, lambda one: _Slice(situation=one.situation)),
        by_version=_sliced(counts, lambda one: _Slice(None, one.writer, one.model, one.prompt_hash)),
        by_both=_sliced(counts, lambda one: _Slice(one.situation, one.writer, one.model, one.prompt_hash)),
        reasons=_reasons(remarks),
        repairs=mended,
    )


def _sliced(counts: Iterable[Count], of: Callable[[Count], _Slice]) -> tuple[DraftFigures, ...]:
    """Return the figures of each slice, those of most drafts first."""
    slices: defaultdict[_Slice, list[Count]] = defaultdict(list)
    for count in counts:
        slices[of(count)].append(count)
    found = [_figures(part, of_part) for part, of_part in slices.items()]
    return tuple(sorted(found, key=lambda one: (-one.judged, -one.unused, *(str(name) for name in _slice_of(one)))))


def _slice_of(figures: DraftFigures) -> _Slice:
    return _Slice(figures.situation, figures.writer, figures.model, figures.prompt_hash)


def _figures(part: _Slice, counts: Sequence[Count]) -> DraftFigures:
    of: Counter[Outcome] = Counter()
    for count in counts:
        of[count.outcome] += count.drafts
    judged = sum(of[outcome] for outcome in _JUDGED)
    distances = sum(count.distances for count in counts if count.outcome is Outcome.EDITED)
    return DraftFigures(
        **part._asdict(),
        judged=judged,
        **{outcome.value: share(of[outcome], judged) for outcome in _JUDGED},
        edit_distance=round(distances / of[Outcome.EDITED], 4) if of[Outcome.EDITED] else None,
        unused=of[Outcome.UNUSED],
    )


def _reasons(remarks: Sequence[Remark]) -> tuple[Reason, ...]:
    """Return the remarks, those that say the same as one, the most frequent first."""
    alike: defaultdict[tuple[DecisionKind, str], list[Remark]] = defaultdict(list)
    for remark in remarks:
        alike[remark.kind, _folded(remark.text)].append(remark)
    ordered = sorted(alike.values(), key=len, reverse=True)[:MOST_REASONS]
    return tuple(_reason(group) for group in ordered)


def _reason(alike: Sequence[Remark]) -> Reason:
    newest = alike[0]
    situations = Counter(remark.situation for remark in alike)
    return Reason(
        kind=newest.kind,
        text=newest.text,
        count=len(alike),
        situations=tuple(name for name, _ in situations.most_common()),
    )


def _folded(text: str) -> str:
    """Return a text without what people vary: capitals, spaces, the stop at the end."""
    return " ".join(text.casefold().split()).rstrip(" .!…。")
