"""Where webhooks may go, when they are tried again, and how one attempt is made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.delivery.addresses import AddressRefused, Resolve, checked_address, is_public
from drafter.delivery.backoff import LONGEST, LONGEST_WISH, MOST_ATTEMPTS, wait_after
from drafter.delivery.webhook import WebhookSender

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # the jitter of a test


def resolving(*addresses: str) -> Resolve:
    async def resolve(_host: str, _port: int) -> list[str]:
        return list(addresses)

    return resolve


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:220:1::1", "64:ff9b::5db8:d70e"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104  # nothing binds to it here
        "255.255.255.255",
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
    ],
)
def test_private_loopback_link_local_and_hidden_ones_are_not(address: str) -> None:
    assert not is_public(ip_address(address))


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(AddressRefused, match="private"):
        await checked_address("h", 443, resolve=resolving("93.184.215.14", "10.0.0.1"), allow_private=False)


async def test_a_name_without_an_address_is_refused() -> None:
    async def unknown(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    for resolve in (unknown, resolving(), resolving("not an address")):
        with pytest.raises(AddressRefused, match="no address"):
            await checked_address("h", 443, resolve=resolve, allow_private=True)


async def test_a_link_local_address_with_a_zone_is_understood() -> None:
    with pytest.raises(AddressRefused, match="private"):
        await checked_address("h", 443, resolve=resolving("fe80::1%eth0"), allow_private=False)


async def test_a_name_is_looked_up_once_so_that_a_second_answer_leads_nowhere() -> None:
    asked: list[str] = []

    async def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    sender = WebhookSender(secret=SECRET, allow_private=True, resolve=rebinding)
    # port 1 of the loopback refuses; the name itself is one that no resolver knows
    answer = await sender.send("http://shop.invalid:1/hook", "dlv_1", {}, NOW)
    assert asked == ["shop.invalid"]
    assert answer.error == "The receiver could not be reached (ConnectError)."


@pytest.mark.parametrize(
    "url", ["ftp://example.com/", "http://example.com/", "https://", "/hook", "nonsense", "https://[::1/"]
)
async def test_an_address_that_is_not_https_is_refused_without_a_look_up(url: str) -> None:
    async def never(_host: str, _port: int) -> list[str]:
        raise AssertionError("was looked up")

    answer = await WebhookSender(secret=SECRET, allow_private=False, resolve=never).send(url, "dlv_1", {}, NOW)
    assert not answer.acknowledged
    assert answer.error


@pytest.mark.parametrize("secret", [None, "", "whsec_", "whsec_ü"])
async def test_a_secret_that_cannot_sign_is_named_by_its_setting(secret: str | None) -> None:
    answer = await WebhookSender(secret=secret, allow_private=True).send("http://127.0.0.1:1/", "dlv_1", {}, NOW)
    assert "DRAFTER_WEBHOOK_SECRET" in (answer.error or "")


@given(attempt=st.integers(1, 1000), seed=st.integers())
def test_waits_grow_and_stay_within_bounds(attempt: int, seed: int) -> None:
    wait = wait_after(attempt, seeded(seed))
    assert timedelta(seconds=4) <= wait <= LONGEST * 1.2
    assert wait_after(attempt + 2, seeded(seed)) >= wait


def test_the_attempts_last_about_three_days() -> None:
    waits = [wait_after(attempt, seeded(0)) for attempt in range(1, MOST_ATTEMPTS)]
    assert timedelta(days=2, hours=12) < sum(waits, timedelta()) < timedelta(days=3, hours=12)


def test_a_receivers_wish_is_obeyed_up_to_a_day() -> None:
    assert wait_after(1, seeded(0), wish=timedelta(hours=2)) == timedelta(hours=2)
    assert wait_after(1, seeded(0), wish=timedelta(days=9)) == LONGEST_WISH
    assert wait_after(9, seeded(0), wish=timedelta()) > timedelta(hours=3)
