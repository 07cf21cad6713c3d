"""Metrics in Prometheus' text form."""

from __future__ import annotations

from drafter.api.metrics import RequestCounts, family, route_of


def test_a_family_has_help_type_and_one_line_a_sample() -> None:
    text = family("drafter_items", "gauge", "Items by state.", [({"state": "queued"}, 2), ({"state": 'a"b\n\\'}, 0)])
    assert text == (
        "# HELP drafter_items Items by state.\n"
        "# TYPE drafter_items gauge\n"
        'drafter_items{state="queued"} 2\n'
        'drafter_items{state="a\\"b\\n\\\\"} 0\n'
    )


def test_a_sample_without_labels_has_no_braces() -> None:
    assert family("waiting", "gauge", "Jobs.", [({}, 5)]).endswith("\nwaiting 5\n")


def test_requests_are_counted_by_method_route_and_status() -> None:
    counts = RequestCounts()
    for status in (200, 200, 404):
        counts.add("GET", "/v1/items/{item_id}", status)
    assert [(labels["status"], count) for labels, count in counts.samples()] == [("200", 2), ("404", 1)]


def test_a_path_of_no_route_does_not_make_a_series_of_its_own() -> None:
    assert route_of({"type": "http", "path": "/v1/wp-admin", "root_path": "/v1"}) == "unknown"
