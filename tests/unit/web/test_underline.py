"""A text with its findings underlined: overlaps, edges, other scripts, hostile text."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from drafter.domain.finding import Finding, Part, Severity
from drafter.web.underline import marked


def finding(start: int, end: int, severity: Severity = Severity.WARN, message: str = "Wrong.") -> Finding:
    return Finding(
        code="tone",
        check="guardrails.checks.tone",
        severity=severity,
        part=Part.PUBLIC,
        start=start,
        end=end,
        message=message,
        suggestion="Mend it.",
    )


def stretches(html: Markup) -> list[tuple[str, str, str]]:
    """Class, findings and words of every mark."""
    return re.findall(r'<mark class="(\w+)" data-findings="([\d ]+)" title="[^"]*">(.*?)</mark>', html, re.DOTALL)


def plain(html: Markup) -> str:
    return unescape(re.sub(r"</?mark[^>]*>", "", html))


def test_a_text_without_findings_is_only_escaped() -> None:
    assert marked("1 < 2", ()) == "1 &lt; 2"


def test_a_finding_underlines_its_words() -> None:
    assert stretches(marked("a full refund today", (finding(7, 13),))) == [("warn", "0", "refund")]


def test_overlapping_findings_share_a_stretch_that_looks_like_the_worst() -> None:
    html = marked("abcdefgh", (finding(1, 5), finding(3, 7, Severity.BLOCK)))
    assert stretches(html) == [("warn", "0", "bc"), ("block", "0 1", "de"), ("block", "1", "fg")]


def test_a_finding_within_another_names_both() -> None:
    html = marked("abcdef", (finding(0, 6), finding(2, 3, Severity.BLOCK)))
    assert stretches(html) == [("warn", "0", "ab"), ("block", "0 1", "c"), ("warn", "0", "def")]


def test_findings_that_touch_do_not_merge() -> None:
    assert stretches(marked("abcd", (finding(0, 2), finding(2, 4)))) == [("warn", "0", "ab"), ("warn", "1", "cd")]


def test_spans_outside_of_the_text_are_clipped_and_empty_ones_mark_nothing() -> None:
    html = marked("abc", (finding(1, 99), finding(50, 60), finding(2, 2), finding(0, 0)))
    assert stretches(html) == [("warn", "0", "bc")]
    assert marked("", (finding(0, 0),)) == ""


def test_offsets_count_code_points() -> None:
    text = "👍🏽 ขอคืนเงินค่ะ"
    start = text.index("คืนเงิน")
    assert stretches(marked(text, (finding(start, start + len("คืนเงิน")),)))[0][2] == "คืนเงิน"


def test_hostile_text_stays_text_inside_and_outside_of_marks() -> None:
    text = "</textarea><script>alert(1)</script><img onerror=x>"
    html = marked(text, (finding(5, 30),))
    assert "<script" not in html
    assert "<img" not in html
    assert plain(html) == text


def test_a_message_cannot_leave_its_attribute() -> None:
    html = marked("abc", (finding(0, 3, message='"><script>alert(1)</script>'),))
    assert "<script" not in html
    assert 'title="&#34;&gt;' in html


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)


@given(text=st.text(max_size=30), spans=SPANS)
def test_no_findings_ever_change_the_words(text: str, spans: list[tuple[int, int]]) -> None:
    assert plain(marked(text, [finding(min(span), max(span)) for span in spans])) == text
