"""How long a text may be: the shop's limits within the platform's."""

from __future__ import annotations

from drafter.domain.case import Case
from drafter.domain.finding import Part
from drafter.domain.shop import Limits
from drafter.domain.situation import Channel
from drafter.domain.text import UNSPACED_LANGUAGES, words
from guardrails.policies import policy_for
from guardrails.subject import Subject


def limits_of(case: Case) -> Limits:
    """Return the shop's limits as far as the platform and the market of a review allow them.

    A character takes a byte or more, so that a limit in bytes is an upper one in characters.
    """
    review, limits = case.review, case.shop.limits
    policy = policy_for(review.platform, review.region or case.shop.region)
    return limits.with_changes(
        public_characters=min(limits.public_characters, policy.public.most),
        private_characters=min(limits.private_characters, policy.private.most),
    )


def sentences_allowed(subject: Subject) -> tuple[int, int]:
    """Return the least and the most sentences of a part."""
    limits = subject.reply.case.shop.limits
    if subject.part is Part.PRIVATE:
        return 1, limits.private_sentences
    if subject.reply.channel is Channel.PRIVATE:
        return 1, 1
    allowed = subject.policy.sentences
    return allowed.least, allowed.most + (limits.fourth_sentence and subject.reply.several_points)


def beyond_words(subject: Subject) -> int | None:
    """Return where the text passes its words, or its characters in scripts without spaces."""
    limits = subject.reply.case.shop.limits
    if subject.language in UNSPACED_LANGUAGES:
        most = limits.public_characters_unspaced
        return most if len(subject.text.strip()) > most else None
    found = words(subject.text)
    return found[limits.public_words].start if len(found) > limits.public_words else None


def beyond_limit(subject: Subject) -> tuple[int, str] | None:
    """Return where the text passes the shop's own limit or the platform's, whichever comes first, and that limit."""
    limits, platform = subject.reply.case.shop.limits, subject.policy.length(subject.part)
    own = limits.public_characters if subject.part is Part.PUBLIC else limits.private_characters
    passed = [(own, f"{own} characters")] if len(subject.text) > own else []
    if (place := platform.beyond(subject.text)) is not None:
        passed.append((place, f"{platform.most} {platform.unit}"))
    return min(passed, default=None)
