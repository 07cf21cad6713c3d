"""Subject: one text of a reply as the checks see it, with what it is measured against."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from drafter.domain.case import ReplyToCheck
from drafter.domain.finding import Part
from drafter.domain.personal_data import PersonalDatum, find_personal_data
from drafter.domain.ports import LanguageIdentifier
from drafter.domain.text import Span, counted_sentences, sentences
from guardrails.function_words import spoken
from guardrails.normalise import View, seen, unmasked
from guardrails.policies import Policy

#: Languages close enough that one's words turn up in the other's texts.
_NEIGHBOURS = {"id": ("ms",), "ms": ("id",)}
_PART_OF_NAME = 4  # code points of a part of a product's name that is no chance
_QUOTED = re.compile(r"“([^“”]+)[“”]|\"([^\"]+)\"|„([^„“”]+)[“”]|«([^«»]+)»|「([^「」]+)」|『([^『』]+)』|‘([^‘’]+)’")


def occurrences(words: str, text: str) -> list[Span]:
    """Return where words stand in a text, each at the beginning of a word."""
    found, at = [], text.find(words)
    while at >= 0:
        if at == 0 or not (text[at - 1].isalnum() and text[at].isalnum()):
            found.append(Span(at, at + len(words)))
        at = text.find(words, at + 1)
    return found


def _ends_word(text: str, place: Span) -> bool:
    return place.end == len(text) or not (text[place.end].isalnum() and text[place.end - 1].isalnum())


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One part of a reply under inspection."""

    reply: ReplyToCheck
    part: Part
    text: str  # as written; all spans count its code points
    policy: Policy
    identifier: LanguageIdentifier

    @cached_property
    def found(self) -> dict[tuple[str, str], tuple[Span, ...]]:
        """What was found so far, by word file and section: several checks ask for the same."""
        return {}

    @cached_property
    def able(self) -> dict[str, Mapping[tuple[str, str], Sequence[tuple[View, Sequence[re.Pattern[str]]]]]]:
        """The patterns that may match the text, by language, word file and section, as far as they were asked for."""
        return {}

    @cached_property
    def language(self) -> str:
        """The language that the text must be in; the shop's own where the review's is none of ours."""
        case = self.reply.case
        return case.shop.answers_in(self.reply.language or case.review.language or self._language_of_review())

    def _language_of_review(self) -> str:
        """Return the language of the review's words, or the text's own where they do not decide: few, mixed, none."""
        own = self.identifier.identify(self.text)
        found = self.identifier.identify(self.reply.case.review.full_text, hint=own)
        return own if found == "und" else found

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages whose words are looked for: the text's own, its neighbours, and English, which mixes in."""
        found = spoken(self.views[0].text, self.language) or self.identifier.identify(self.text, hint=self.language)
        return tuple(dict.fromkeys((self.language, found, *_NEIGHBOURS.get(self.language, ()), "en")))

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The text as a reader sees it, and once more without masks where something is masked."""
        plain = seen(self.text)
        bare = unmasked(plain)
        return (plain,) if bare is None else (plain, bare)

    @cached_property
    def folded_views(self) -> tuple[View, ...]:
        """The views without accents."""
        return tuple(view.folded for view in self.views)

    @cached_property
    def data(self) -> tuple[tuple[PersonalDatum, View], ...]:
        """Personal data of any owner, each with the view that it was found in: as written, and without disguise."""
        region = self.reply.case.review.region or self.reply.case.shop.region
        written = View(self.text, range(len(self.text)), range(1, len(self.text) + 1))
        views = (written,) if self.text.isascii() else (written, self.views[0])
        return tuple((datum, view) for view in views for datum in find_personal_data(view.text, region=region))

    @cached_property
    def sentences(self) -> list[Span]:
        """The sentences of the text."""
        return sentences(self.text, self.language)

    @cached_property
    def counted_sentences(self) -> list[Span]:
        """The sentences that count against its length."""
        return counted_sentences(self.text, self.language)

    @cached_property
    def review_text(self) -> str:
        """What the customer wrote, as a reader sees it."""
        return seen(self.reply.case.review.full_text).text

    @cached_property
    def facts_text(self) -> str:
        """What the seller knows of the case, as a reader sees it."""
        return seen("\n".join(self.reply.case.facts.values())).text

    @cached_property
    def product_name(self) -> str:
        """The product's name, as a reader sees it; empty where it has none."""
        return seen(self.reply.case.review.product.name or "").text.strip()

    @cached_property
    def quoted(self) -> tuple[Span, ...]:
        """The passages that are the product's name or a quotation of the review: not the seller's own words."""
        spans = [Span(*match.span()) for match in _QUOTED.finditer(self.text) if self._from_review(match)]
        return (*spans, *self.product_spans)

    @cached_property
    def product_spans(self) -> tuple[Span, ...]:
        """Where the product's name stands in the text."""
        if len(self.product_name) <= 2:
            return ()
        view = self.views[0]
        found, name, at = [], self.product_name, view.text.find(self.product_name)
        while at >= 0:
            found.append(view.span(at, at + len(name)))
            at = view.text.find(name, at + 1)
        return tuple(found)

    def _from_review(self, match: re.Match[str]) -> bool:
        content = seen(next(group for group in match.groups() if group)).text.strip(" .,!?…。、！")
        return content in self.review_text

    def is_product(self, span: Span) -> bool:
        """Whether a passage lies within the product's name, or is a part of it: titles are often shortened."""
        if not self.product_name:
            return False
        part = seen(span.of(self.text)).text.strip()
        if len(part) >= _PART_OF_NAME and any(
            _ends_word(self.product_name, place) for place in occurrences(part, self.product_name)
        ):
            return True
        return any(name.start <= span.start and span.end <= name.end for name in self.product_spans)

    def is_from_quotation(self, span: Span) -> bool:
        """Whether a passage lies within a quotation of the review."""
        quotations = set(self.quoted) - set(self.product_spans)
        return any(quote.start <= span.start and span.end <= quote.end for quote in quotations)

    def is_quoted(self, span: Span) -> bool:
        """Whether a passage lies within a product name or a quotation of the review."""
        return self.is_product(span) or any(
            quote.start <= span.start and span.end <= quote.end for quote in self.quoted
        )

    @cached_property
    def known_text(self) -> str:
        """All that is known, as a reader sees it: the facts, the review, the product's name."""
        return f"{self.facts_text}\n{self.review_text}\n{self.product_name}"
