"""No advert, cross-selling, code, pressure, hashtag, call to buy, or superlative.

Source: founding document, 'never in a reply'; research that tailored praise reads as advertising.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.kinds import Check, Hit, apart, clause_around, find_words
from guardrails.normalise import seen
from guardrails.statements import is_denied
from guardrails.subject import Subject

#: What a shop could give for a review; refusing to is no advert.
_REWARD = re.compile(
    "vouch|coupon|gutschein|rabatt|geschenk|cupon|cupom|brinde|descuento|desconto|regalo"
    "|bon d|remise|cadeau|buon[oi]|sconto"
    "|omaggio|kupon|baucar|diskon|hadiah|คูปอง|ส่วนลด|ของแถม|voucher|ma giam|giam gia|クーポン|割引|特典"
)
#: Articles and the like, which change when words are taken up.
_EDGES = re.compile(r"^(?:[^\W\d_]{1,3}\s+)+|(?:\s+[^\W\d_]{1,3})+$")
_WORDS_OF_A_BUYER = 6  # characters of a passage that is no chance


def find(subject: Subject) -> Iterator[Hit]:
    """Yield what the word file flags, but for what is offered for a review in the same sentence."""
    found = find_words("promotional", subject)
    if hits := [hit for hit in found if not (_is_taken_up(subject, hit) or _is_refused(subject, hit))]:
        others = (*find_words("incentive", subject), *find_words("placeholder", subject))
        yield from apart(subject, hits, others)


def _is_refused(subject: Subject, hit: Hit) -> bool:
    """Whether a reward is named only to say that there is none."""
    view = seen(subject.text)
    if not _REWARD.search(seen(subject.text[hit.start : hit.end]).folded.text):
        return False
    start = next((at for at, place in enumerate(view.starts) if place >= hit.start), len(view.text))
    return is_denied(clause_around(view.text, start, start + 1))


def _is_taken_up(subject: Subject, hit: Hit) -> bool:
    """Whether the buyer wrote it in these words."""
    words = _EDGES.sub("", seen(subject.text[hit.start : hit.end]).text.strip())
    return len(words) >= _WORDS_OF_A_BUYER and words in subject.review_text


CHECK = Check(
    code="promotional",
    summary="Adverts, cross-selling, codes, pressure, hashtags, calls to buy, superlatives",
    message="This sells or praises.",
    suggestion="Answer the review only; leave offers, other products and praise out.",
    source="founding document, 'never in a reply'; research that tailored praise reads as advertising.",
    find=find,
)
