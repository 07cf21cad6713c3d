"""Personal data are found where they stand, and what only looks like them is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.domain.personal_data import find_personal_data, passes_luhn


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("write to ana@example.com please", "email", "ana@example.com"),
        ("write to ana at example dot com", "email", "ana at example dot com"),
        ("see www.example.com now", "url", "www.example.com"),
        ("see example.shop/sale", "url", "example.shop/sale"),
        ("follow @example_shop", "handle", "@example_shop"),
        ("call (650) 253-0000 today", "phone", "(650) 253-0000"),
        ("call +49 30 901820", "phone", "+49 30 901820"),
        ("your order #AB-12345 is here", "order_number", "order #AB-12345"),
        ("pedido 583920184756", "order_number", "pedido 583920184756"),
        ("ご注文番号583920184756の件", "order_number", "ご注文番号583920184756"),
        ("คำสั่งซื้อ 583920184756 ค่ะ", "order_number", "คำสั่งซื้อ 583920184756"),
        ("your order 577-1234 is here", "order_number", "order 577-1234"),
        ("your order A4821 in our list", "order_number", "order A4821"),
        ("my order QWERTY77 never came", "order_number", "order QWERTY77"),
        ("vieni in via Garibaldi, 5", "address", "via Garibaldi, 5"),
        ("card 4111 1111 1111 1111", "card", "4111 1111 1111 1111"),
        ("CPF 123.456.789-09", "tax_number", "CPF 123.456.789-09"),
        ("card 4111 1111 1111 1111 12/27", "card", "4111 1111 1111 1111"),
        ("2 4111111111111111", "card", "4111111111111111"),
        ("see Example.Com", "url", "Example.Com"),
        ("send it to 12 Baker Street", "address", "12 Baker Street"),
        ("Hauptstraße 12", "address", "Hauptstraße 12"),
    ],
)
def test_a_datum_is_found_with_its_kind_and_place(text: str, kind: str, found: str) -> None:
    (datum,) = find_personal_data(text, region="US")
    assert (datum.kind, text[datum.start : datum.end]) == (kind, found)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you. We love it.",
        "It measures 3.5 cm and costs 1,299.00.",
        "Your order of 2 bags from 2024 is fine.",
        "We are at your service. In short, thanks.",
        "Please send us your order number in the chat.",
        "The zipper was broken.It came late.",
        "We love it.Be careful with it.",
        "It fits great.Shop chat is open.",
        "Message us via Shop Chat 7 days a week, we answer any order 24/7.",
        "The 64 GB USB drive came in a case 13-inch wide.",
        "Pesanan 10-12 hari, paket 500gram, ukuran nomor 38-39.",
        "Masih di jalan Kak, 2 hari lagi.",
        "The parcel 24-48 hours late, the order 12-pack, the case iPhone15.",
        "Pesanan iPhone14 dan lipstick2 aman.",
        "Sizes 36 37 38 39 40 41 42 43 44 45 are here, from 2024-01-02 2024-02-03 10 20 30.",
    ],
)
def test_what_only_looks_like_a_datum_is_left(text: str) -> None:
    assert find_personal_data(text, region="US") == ()


def test_a_card_needs_its_check_digit() -> None:
    assert passes_luhn("4111111111111111")
    assert not passes_luhn("4111111111111112")


@pytest.mark.parametrize(
    ("text", "region", "kinds"),
    [
        ("4111 1111 1111 1111 650 253 0000", "US", ["card", "phone"]),
        ("call 650 253 0000 650 253 0001", "US", ["phone", "phone"]),
        ("call 020 7946 0018 020 7946 0019", "UK", ["phone", "phone"]),
        ("+49 30 901820 +49 30 901821", None, ["phone", "phone"]),
    ],
)
def test_numbers_side_by_side_are_told_apart(text: str, region: str | None, kinds: list[str]) -> None:
    assert [datum.kind for datum in find_personal_data(text, region=region)] == kinds


@given(st.text(max_size=150) | st.text(alphabet="0123456789 +-.", max_size=120))
def test_data_never_overlap(text: str) -> None:
    at = 0
    for datum in find_personal_data(text, region="DE"):
        assert at <= datum.start < datum.end <= len(text)
        at = datum.end


@pytest.mark.parametrize(
    "text",
    ["order 7 7 1 4 0 2 9", "pesanan nomor 5 8 2 0 1 7", "pedido 771-402-915-3", "commande n° 12 34 56 78"],
)
def test_an_order_number_in_groups_is_found(text: str) -> None:
    assert [datum.kind for datum in find_personal_data(text)] == ["order_number"]


def test_a_span_of_days_after_an_order_is_no_number_of_it() -> None:
    assert find_personal_data("Your order takes 2 - 3 days.") == ()


@pytest.mark.parametrize("text", ["gửi đến 25 Lê Lợi, Quận 1", "ke No. 12, Jalan Melati"])
def test_addresses_of_vietnam_and_malaysia_are_found(text: str) -> None:
    assert "address" in {datum.kind for datum in find_personal_data(text)}
