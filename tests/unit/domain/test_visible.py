"""What a person sees of a text, and where it stands in the stored one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.domain.text import Span
from drafter.domain.visible import seen, visible


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("It&#39;s &quot;fine&quot;", 'It\'s "fine"'),
        ("caf&amp;eacute; &amp;amp;#128577;", "café 🙁"),
        ("torn<br />and&lt;br&gt;late, <b>really</b>", "torn\nand\nlate, really"),
        ("AT&T; 5 < 6 > 4 & i <3 it", "AT&T; 5 < 6 > 4 & i <3 it"),
        ("bro\u200bken zip\u00adper", "broken zipper"),
        ("\u202enekorb\u202c on arrival", "broken on arrival"),
        ("\u202drtl\u202c \u2067text\u2069", "rtl text"),
        ("brоken zірper", "broken zipper"),
        ("the соре is late", "the cope is late"),
        ("Ｂｒｏｋｅｎ　１２！", "Broken　12！"),
        ("𝓫𝓻𝓸𝓴𝓮𝓷 🅱ad ʙʀᴏᴋᴇɴ ﬁt", "broken Bad broken fit"),
        ("b̷̢r̸̛o̶k̴e̵n̶", "broken"),
        ("tie\u0302\u0301ng vie\u0323\u0302t", "tiếng việt"),
        ("น้ำรั่ว ทำไม", "น้ำรั่ว ทำไม"),
        ("ｶﾞｯｶﾘ", "ガッカリ"),
        ("Молния сломалась, соре", "Молния сломалась, соре"),
        ("10Ω, 5℃, β version, ½ full™", "10Ω, 5℃, β version, ½ full™"),
        ("one\u2028two\u00a0three\x00", "one\ntwo three"),
    ],
)
def test_disguises_come_off_and_words_of_other_scripts_stay(stored: str, shown: str) -> None:
    assert visible(stored) == shown


@pytest.mark.parametrize(
    ("stored", "words", "behind"),
    [
        ("The caf&eacute; mug is bro\u200bken", "café mug", "caf&eacute; mug"),
        ("The mug is bro\u200bken<br>bad", "broken", "bro\u200bken"),
        ("ok but \u202enekorb\u202c", "broken", "nekorb"),
        ("a zірper brоke", "zipper", "zірper"),
        ("plain text", "text", "text"),
    ],
)
def test_a_stretch_is_found_again_in_the_stored_text(stored: str, words: str, behind: str) -> None:
    view = seen(stored)
    at = view.text.index(words)
    assert view.stored(Span(at, at + len(words))).of(stored) == behind


@given(st.text(max_size=200))
def test_every_character_has_a_place_in_the_stored_text(stored: str) -> None:
    view = seen(stored)
    assert len(view.text) == len(view.starts) == len(view.ends)
    assert all(0 <= start < end <= len(stored) for start, end in zip(view.starts, view.ends, strict=True))
    assert view.stored(Span(0, 0)).of(stored) == ""


def test_the_quick_way_shows_what_the_careful_one_shows() -> None:
    """A text of plain characters is not looked at one by one; an invisible one in front of it makes sure that it is."""
    every = [chr(code) for code in (*range(0x20, 0x3200), *range(0x3200, 0x20000, 7)) if not 0xD800 <= code < 0xE000]
    assert [char for char in every if char not in "&<" and seen(char).text != seen(f"\u200b{char}").text] == []
