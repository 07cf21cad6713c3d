"""What the page shows of each case: the review, the drafts of both runs side by side, and why points were lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from drafter.domain.finding import Finding
from drafter.domain.situation import Situation
from evals.report.differing import Piece, differing, whole
from evals.runs.record import ReplyResult, ReviewResult, Run
from evals.runs.scoring import EFFORT, lower_is_better

Result = ReviewResult | ReplyResult


@dataclass(frozen=True, kw_only=True)
class Part:
    """One text of a draft."""

    title: str
    pieces: Sequence[Piece]


@dataclass(frozen=True, kw_only=True)
class Side:
    """What one run made of a case."""

    run: str
    look: str  # `first` or `second`
    facts: tuple[str, ...]  # in a few words: how it was read, who wrote
    parts: tuple[Part, ...]
    findings: tuple[str, ...]
    lost: tuple[str, ...]  # score and why


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """One case, or one repeat of it."""

    name: str
    tags: tuple[str, ...]
    lost: tuple[str, ...]  # scores below the full mark
    moved: str  # `better`, `worse`, `text` where only the draft differs, or empty
    points: float | None  # against the baseline
    context: tuple[tuple[str, str], ...]  # what was given: the review, the facts
    wanted: tuple[str, ...]
    sides: tuple[Side, ...]


def case_views(run: Run, baseline: Run | None) -> list[CaseView]:
    """Return every case, those that lost the most first."""
    before = {(result.case, result.repeat): result for result in baseline.results} if baseline else {}
    views = [_view(result, before.get((result.case, result.repeat)), run, baseline) for result in run.results]
    return sorted(views, key=lambda view: (view.points if view.points is not None else 0.0, -len(view.lost), view.name))


def lost_of(result: Result) -> dict[str, float]:
    """Return the scores below the full mark; what an answer takes is no mark."""
    return {
        name: score.value
        for name, score in result.scores.items()
        if name not in EFFORT and (score.value > 0 if lower_is_better(name) else score.value < 1)
    }


def _view(result: Result, before: Result | None, run: Run, baseline: Run | None) -> CaseView:
    repeat = f" [{result.repeat}/{run.repeat}]" if run.repeat > 1 else ""
    points = _points(before, result) if before else None
    texts = _texts(result), _texts(before) if before else {}
    return CaseView(
        name=result.case + repeat,
        tags=result.slices,
        lost=tuple(name for name in lost_of(result) if name != "unlike_the_others"),
        moved=_moved(points, texts[0] == texts[1]) if before else "",
        points=points,
        context=tuple(_context(result)),
        wanted=tuple(_wanted(result)),
        sides=tuple(_sides(result, before, run, baseline)),
    )


def _sides(result: Result, before: Result | None, run: Run, baseline: Run | None) -> Iterator[Side]:
    after_texts, before_texts = _texts(result), _texts(before) if before else {}
    left, right = [], []
    for title in dict.fromkeys((*before_texts, *after_texts)):
        was, now = before_texts.get(title, ""), after_texts.get(title, "")
        pieces = differing(was, now, _language(result)) if before else (whole(was), whole(now))
        left.append(Part(title=title, pieces=pieces[0]))
        right.append(Part(title=title, pieces=pieces[1]))
    if before is not None and baseline is not None:
        yield _side(before, baseline.name, "second", left)
    yield _side(result, run.name, "first", right)


def _side(result: Result, run: str, look: str, parts: Sequence[Part]) -> Side:
    lost = lost_of(result)
    told = [f"{name}: {value:.2f}{_reason(result, name)}" for name, value in lost.items()]
    return Side(
        run=run,
        look=look,
        facts=tuple(_facts(result)),
        parts=tuple(part for part in parts if part.pieces),
        findings=tuple(_told(finding, result) for finding in result.output.findings),
        lost=(*told, *(f"crashed: {crash}" for crash in result.crashed_scorers)),
    )


def _texts(result: Result) -> dict[str, str]:
    """Return the texts of a draft, or those of the reply that was checked."""
    given = result.output.draft if isinstance(result, ReviewResult) else result.inputs
    if given is None:
        return {}
    texts = {"Public reply": given.public_reply, "Private message": given.private_message}
    return {title: text for title, text in texts.items() if text}


def _language(result: Result) -> str:
    if isinstance(result, ReviewResult):
        return result.output.draft.language if result.output.draft else result.output.situation.language
    return result.inputs.language or ""


def _facts(result: Result) -> Iterator[str]:
    if isinstance(result, ReplyResult):
        yield "found: " + (", ".join(sorted(result.output.codes)) or "nothing that blocks")
        return
    read: Situation = result.output.situation
    also = f" (also {', '.join(read.secondary)})" if read.secondary else ""
    yield f"read as {read.situation.value}{also}, {read.language}, {read.channel.value}, sure {read.confidence:.2f}"
    yield f"route {result.output.route.value}"
    if result.output.draft:
        origin = result.output.draft.provenance
        yield " ".join(filter(None, [f"by {origin.writer}", origin.model, f"try {origin.attempt}"]))
    if result.usage.calls:
        cost = "price unknown" if result.usage.cost_usd is None else f"{result.usage.cost_usd:.5f} USD"
        yield f"{result.usage.calls} calls, {result.usage.tokens_in} + {result.usage.tokens_out} tokens, {cost}"
    if result.output.reason:
        yield result.output.reason


def _context(result: Result) -> Iterator[tuple[str, str]]:
    case = result.inputs.as_case() if isinstance(result, ReviewResult) else result.inputs.case
    review = case.review
    stars = f"{review.rating} of 5" if review.rating else "no stars"
    about = ", ".join(filter(None, [stars, review.product.name, review.author]))
    if review.full_text or isinstance(result, ReviewResult):
        yield f"Review ({about})", review.full_text or "(no words)"
    if case.facts:
        yield "Case facts", "\n".join(f"{name}: {text}" for name, text in case.facts.items())


def _wanted(result: Result) -> Iterator[str]:
    if isinstance(result, ReplyResult):
        codes = result.expected.codes if result.expected else ()
        yield "wanted: " + (", ".join(codes) or "no code")
        return
    if result.expected is None:
        return
    for name in ("situation", "also", "secondary", "language", "channels", "route", "details", "must_say"):
        value = getattr(result.expected, name)
        if value:
            told = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            yield f"{name.replace('_', ' ')}: {told}"


def _told(finding: Finding, result: Result) -> str:
    text = _texts(result).get("Public reply" if finding.part.value == "public" else "Private message", "")
    quoted = text[finding.start : finding.end]
    return f"{finding.code} ({finding.severity.value}): {finding.message}" + (f" “{quoted}”" if quoted else "")


def _reason(result: Result, score: str) -> str:
    reason = result.scores[score].reason
    return f", {reason}" if reason else ""


def _points(before: Result, after: Result) -> float:
    """Return how many points a case gained, over the scores that it has in both runs."""
    shared = [name for name in after.scores if name in before.scores and name not in EFFORT]
    return sum(
        (after.scores[name].value - before.scores[name].value) * (-1 if lower_is_better(name) else 1) for name in shared
    )


def _moved(points: float | None, same_text: bool) -> str:
    if points:
        return "better" if points > 0 else "worse"
    return "" if same_text else "text"
