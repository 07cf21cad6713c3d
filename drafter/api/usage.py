"""What the tries of writers, and of models at reading, took, for those who watch an installation.

It comes from the store: the workers that make the drafts are other processes, which answer no requests. The counters
begin anew at midnight UTC, as after a restart, so that one look costs a day's rows and not all there ever were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from drafter.api.metrics import Sample, family
from drafter.store.attempts import Outcomes

_SINCE = "since midnight UTC"
#: Field of the sums, name of its family, and what it counts.
_OF_MODELS = (
    ("calls", "drafter_model_calls_total", f"Requests to models, {_SINCE}."),
    ("tokens_in", "drafter_model_tokens_in_total", f"Tokens that models read, {_SINCE}."),
    ("tokens_out", "drafter_model_tokens_out_total", f"Tokens that models wrote, {_SINCE}."),
    ("cost_usd", "drafter_model_cost_usd_total", f"US dollars for the calls whose price is known, {_SINCE}."),
    ("unpriced_calls", "drafter_model_unpriced_calls_total", f"Requests whose price is not known, {_SINCE}."),
)


def usage_families(outcomes: Sequence[Outcomes], refused: int) -> list[str]:
    """Return the metric families of tries, and of what the models among them took.

    `refused` is how often none was asked because a shop's daily budget was used up.
    """
    tries: list[Sample] = [
        ({"writer": one.writer, "model": one.model or "", "outcome": one.outcome}, one.attempts) for one in outcomes
    ]
    by_model = _by_model(outcomes)
    return [
        family("drafter_attempts_total", "counter", f"Tries of writers by what came of them, {_SINCE}.", tries),
        family(
            "drafter_over_budget_total", "counter", f"Models not asked over a daily budget, {_SINCE}.", [({}, refused)]
        ),
        *(family(name, "counter", text, _samples(by_model, field)) for field, name, text in _OF_MODELS),
    ]


def _by_model(outcomes: Sequence[Outcomes]) -> dict[str, list[Outcomes]]:
    asked = sorted((one for one in outcomes if one.model), key=lambda one: str(one.model))
    return {str(model): list(group) for model, group in groupby(asked, key=lambda one: one.model)}


def _samples(by_model: Mapping[str, Sequence[Outcomes]], field: str) -> list[Sample]:
    return [({"model": model}, sum(getattr(one, field) for one in group)) for model, group in by_model.items()]
