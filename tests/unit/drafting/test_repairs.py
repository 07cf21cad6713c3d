"""When a model is given up on a finding: after enough tries without success, and never for good."""

from __future__ import annotations

import pytest

from drafter.drafting.repairs import TRIED_AGAIN, TRIES, given_up_after
from drafter.store.repairs import Round

FAILED = Round(codes=frozenset({"tone"}), left=frozenset({"tone"}))
MENDED = Round(codes=frozenset({"tone", "length"}), left=frozenset({"length"}))
PASSED_OVER = Round(codes=frozenset({"tone"}), left=None)
OTHER = Round(codes=frozenset({"length"}), left=frozenset({"length"}))


@pytest.mark.parametrize(
    ("rounds", "after"),
    [
        ([], None),
        ([FAILED] * (TRIES - 1), None),
        ([FAILED] * TRIES, TRIES),
        ([OTHER, *[FAILED] * (TRIES + 2)], TRIES + 2),
        ([OTHER] * TRIES, None),
        ([*[FAILED] * 20, MENDED], None),
        ([*[PASSED_OVER] * (TRIED_AGAIN - 2), *[FAILED] * TRIES], TRIES),
        ([*[PASSED_OVER] * (TRIED_AGAIN - 1), *[FAILED] * TRIES], None),
        ([FAILED, *[PASSED_OVER] * (TRIED_AGAIN - 1), *[FAILED] * TRIES], TRIES + 1),
        ([MENDED, *[PASSED_OVER] * (TRIED_AGAIN - 1), *[FAILED] * TRIES], None),
    ],
    ids=[
        "nothing known",
        "too few tries",
        "enough tries",
        "more tries, and another finding",
        "another finding alone",
        "mended once",
        "passed over eight times",
        "passed over nine times: its turn",
        "failed at its turn",
        "mended at its turn",
    ],
)
def test_a_model_is_given_up_on_a_finding(rounds: list[Round], after: int | None) -> None:
    assert given_up_after(rounds, "tone") == after
