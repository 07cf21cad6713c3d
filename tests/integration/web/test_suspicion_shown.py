"""What the item's page shows of near copies and of spam."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from drafter.application import Application
from drafter.domain.review import Review
from drafter.domain.situation import Channel, Flag, Likeness, SituationName
from drafter.store import items
from drafter.testing import QUIET_SITUATION
from drafter.web.testing import FormBrowser, place

SPAM = QUIET_SITUATION.with_changes(situation=SituationName.SPAM_ABUSE, channel=Channel.NONE)


@pytest.fixture
def page(browser_of: Callable[[str], FormBrowser]) -> Callable[[str], str]:
    """The text of an item's page, its white space as one sees it."""
    ada = browser_of("Ada")
    return lambda item: " ".join(ada.get(f"/items/{item}").text.split())


def test_a_near_copy_links_to_the_review_that_it_resembles(
    application: Application, review: Callable[..., Review], page: Callable[[str], str]
) -> None:
    first = place(application, review())
    with application.database.reading() as session:
        review_id = items.get(session, first).review_id
    likeness = Likeness(reviews=(review_id, "rev_unknown"), others=4, authors=2, shops=2, share=0.83)
    situation = QUIET_SITUATION.with_changes(flags=(Flag.NEAR_DUPLICATE,), likeness=likeness)
    shown = page(place(application, review(), situation=situation))
    assert f'83 % of the text is in <a href="/items/{first}">an earlier review</a>' in shown
    assert "review rev_unknown" in shown
    assert "and 2 more, other shops' included" in shown
    assert "Much like another review" in shown


def test_spam_shows_the_rule_that_a_report_would_name(
    application: Application, review: Callable[..., Review], page: Callable[[str], str]
) -> None:
    coins = review("just for coins, pic not related", platform="shopee")
    shown = page(place(application, coins, None, situation=SPAM))
    assert "only written for coins" in shown
    assert 'href="https://help.shopee.com.my/portal/4/article/78991"' in shown
    unknown = page(place(application, review("just for coins", platform="lazada"), None, situation=SPAM))
    assert "No rule of this platform for such reviews was looked up" in unknown


def test_a_customers_word_shows_neither(item: str, page: Callable[[str], str]) -> None:
    shown = page(item)
    assert "If you report it" not in shown
    assert "of the text is in" not in shown
