"""ETag and If-Match."""

from __future__ import annotations

import pytest

from drafter.api.problems import ApiProblem
from drafter.api.versions import etag, expected_version


def test_the_version_comes_back_from_its_etag() -> None:
    assert expected_version(etag(12)) == 12


def test_without_if_match_nothing_is_decided() -> None:
    with pytest.raises(ApiProblem) as caught:
        expected_version(None)
    assert caught.value.name == "precondition-required"


@pytest.mark.parametrize("header", ["", "*", "3", 'W/"3"', '"3", "4"', '"x"', '"-1"', '"' + "9" * 30 + '"', '"\u0663"'])
def test_anything_but_one_etag_of_ours_is_refused(header: str) -> None:
    with pytest.raises(ApiProblem) as caught:
        expected_version(header)
    assert caught.value.name == "bad-request"
