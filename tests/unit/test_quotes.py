"""Where a model's quotes stand in a review."""

import pytest

from drafter.quotes import locate


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("zipper broke", "The Zipper broke.", "Zipper broke"),
        ('"zipper broke."', "The Zipper broke.", "Zipper broke"),
        ("the zip broke", "the\n zip\u200b  broke", "the\n zip\u200b  broke"),
        ("it's thin - very", "So it&#39;s thin – very!", "it&#39;s thin – very"),
        ("l'anneau", "L’anneau", "L’anneau"),
        ("สีสวย", "ได้ของแล้วสีสวยมาก", "สีสวย"),
        ("壊れた", "すぐに壊れた。", "壊れた"),
        ("đẹp", "hàng \u0111ẹp", "\u0111ẹp"),
        ("tại sao", "ta\u0323i sao", None),
        ("dress", "it depresses and undressed", None),
        ("zip broke", "the zipper broke", None),
        ("never came", "it came", None),
        ("", "anything", None),
        ("...", "wait...", None),
    ],
)
def test_a_quote_is_found_as_it_stands_or_not_at_all(quote: str, text: str, found: str | None) -> None:
    span = locate(quote, text)
    assert (span.of(text) if span else None) == found


def test_the_second_place_is_taken_where_the_first_cuts_a_word() -> None:
    text = "a dressing, and a dress"
    span = locate("dress", text)
    assert span is not None
    assert (span.start, span.end) == (18, 23)
