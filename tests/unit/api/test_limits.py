"""The rate limit: a bucket a key, refilled evenly."""

from __future__ import annotations

from drafter.api.limits import TokenBuckets


class Watch:
    """A clock in seconds that stands until it is moved."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_full_bucket_gives_what_it_holds_and_then_says_how_long_to_wait() -> None:
    buckets = TokenBuckets(per_minute=3, now=Watch())
    taken = [buckets.take("key") for _ in range(4)]
    assert [one.granted for one in taken] == [True, True, True, False]
    assert [one.remaining for one in taken] == [2, 1, 0, 0]
    assert taken[-1].wait == 20


def test_tokens_come_back_evenly_and_never_over_the_brim() -> None:
    watch = Watch()
    buckets = TokenBuckets(per_minute=3, now=watch)
    for _ in range(3):
        buckets.take("key")
    watch.at += 19.9
    assert not buckets.take("key").granted
    watch.at += 0.2
    assert buckets.take("key").granted
    watch.at += 3600
    assert buckets.take("key").remaining == 2


def test_each_key_has_its_own_bucket() -> None:
    buckets = TokenBuckets(per_minute=1, now=Watch())
    assert buckets.take("one").granted
    assert not buckets.take("one").granted
    assert buckets.take("other").granted
