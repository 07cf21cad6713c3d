"""Shapes: of which slots a reply may be built, by situation, channel and what is to be said besides."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from drafter.domain.situation import Channel, Situation, SituationName
from prompts.library import Common, Library, Message, PrivateLine, PromptError, Reply, Templates, variables_of
from prompts.records import POINT

#: Whose wordings stand in where a situation has none for a channel.
_STAND_IN = "service"
_NEUTRAL = "other"


class Slot(NamedTuple):
    """Wordings of which one is taken, with what it may take up."""

    name: str
    entries: Sequence[str]
    given: Mapping[str, str] = {}
    public: bool = True
    most: int = 2  # sentences of a wording of it, at most
    least: int = 1
    own: bool = False  # takes up something of its own, whatever the sentences before it took up


Shape = tuple[Slot, ...]


@dataclass(frozen=True, kw_only=True)
class ToSay:
    """What a reply takes up."""

    given: Mapping[str, str] = field(default_factory=dict)  # variables of the sentences about the situation
    further: Mapping[SituationName, Mapping[str, str]] = field(default_factory=dict)  # and of the further points
    fact: tuple[str, str] | None = None  # the key of a fact and its words
    asked: bool = False  # the review asks something
    wordless: bool = False  # there is no word in the review to thank for
    glad: bool = False  # whether the point of the sentences about the situation is praise
    more: str | None = None  # a clause that repeats what else is praised in praise
    complaint: str | None = None  # a clause that repeats a complaint beside what the reply is about
    praise: str | None = None  # and one that repeats praise
    answered: Collection[str] = ()  # situations that the repeated points answer


@dataclass(kw_only=True)
class Shapes:
    """The shapes that the texts of one draft may have."""

    library: Library
    language: str
    situation: Situation
    shorter: bool = False  # two sentences
    fourth_sentence: bool = False  # allowed where the review states several points

    def __post_init__(self) -> None:
        self._templates = self.library.templates(self.language, self.situation.situation.value)
        self._common: Common = self.library.common(self.language)

    def public(self, to_say: ToSay) -> list[Shape]:
        """Return the shapes of the public reply."""
        if self.situation.channel is Channel.PRIVATE:
            return [(Slot("line", self._private().line),)]
        reply = self._with_fitting_thanks(self._reply())
        given = to_say.given
        acknowledge = self._acknowledge(to_say, reply)
        resolve = Slot("resolve", reply.resolve, given)
        invites = self._invites(reply, wanted=POINT in given and not to_say.glad)
        invite = (Slot("invite", invites, given),) if invites else ()
        musts = self._musts(to_say)
        if self.shorter:
            return [(acknowledge._replace(most=1), (*musts, *invite, resolve)[0])]
        if musts:
            acknowledge = acknowledge._replace(most=1)
            middle = (resolve, musts[0]) if self.fourth_sentence and self.situation.secondary else musts[:1]
            return [(acknowledge, *middle, *invite)]
        if POINT in given:
            return self._after_point(acknowledge, resolve, invite, to_say.more)
        if to_say.wordless and invite:
            return [(acknowledge, *invite)]
        whole = [(Slot("whole", reply.whole, given, most=3),)] if reply.whole and not to_say.wordless else []
        return [*self._free(acknowledge, resolve, invite), *whole]

    def plainest(self) -> Shape:
        """Return the slots of a public reply with nothing to take up."""
        shape = min(self.public(ToSay()), key=lambda shape: (shape[0].name == "whole", len(shape)))
        return (shape[0]._replace(most=1), *shape[1:])

    def message(self, given: Mapping[str, str], policy: tuple[str, str] | None) -> list[Shape]:
        """Return the shapes of the private message; none where the channel has none."""
        if self.situation.channel not in {Channel.HYBRID, Channel.PRIVATE}:
            return []
        message = self._message()
        cited: tuple[Slot, ...] = ()
        if policy and policy[0] in self._common.policies:
            cited = (
                Slot("policy", (self._common.policies[policy[0]],), {"policy": policy[1]}, public=False, own=True),
            )
        opens = (*message.open, *(self._common.points.message if self._common.points else ()))
        asking = (
            Slot("open", opens, given, public=False),
            *cited,
            Slot("ask", message.ask, given, public=False),
        )
        return [asking] if self.shorter else [asking, (*asking, Slot("close", message.close, given, public=False))]

    def _acknowledge(self, to_say: ToSay, reply: Reply) -> Slot:
        """Return how the reply begins: with thanks for a question, for stars alone, or by what the review says."""
        if to_say.asked and to_say.fact and self._common.asked:
            return Slot("asked", self._common.asked)
        if to_say.wordless and self._common.wordless:
            return Slot("wordless", self._common.wordless)
        return Slot("acknowledge", (*reply.acknowledge, *self._repeating(glad=to_say.glad)), to_say.given)

    def _free(self, acknowledge: Slot, resolve: Slot, invite: tuple[Slot, ...]) -> list[Shape]:
        if not invite:
            return [(acknowledge, resolve)]
        short = acknowledge._replace(most=1)  # leaves room for three sentences in all
        shapes: list[Shape] = [(short, resolve, *invite), (acknowledge, *invite)]
        if self.situation.channel is Channel.PUBLIC and self.situation.situation is not SituationName.OTHER:
            shapes.append((acknowledge, resolve))
        return shapes

    def _after_point(self, acknowledge: Slot, resolve: Slot, invite: tuple[Slot, ...], more: str | None) -> list[Shape]:
        """Return shapes that let what the customer reports speak, with no remark of our own before the invitation."""
        if invite:
            return [(acknowledge, *invite)]
        short = acknowledge._replace(most=1)
        if more and self._common.points:
            return [(short, Slot("more", self._common.points.more, {POINT: more}, own=True))]
        return [(short, resolve), (acknowledge._replace(least=2),)]

    def _repeating(self, *, glad: bool) -> tuple[str, ...]:
        """Return the sentences that repeat what the customer reports, in the spirit of the reply."""
        frames = self._common.points
        if frames is None:
            return ()
        return frames.glad if glad else frames.sorry

    def _musts(self, to_say: ToSay) -> tuple[Slot, ...]:
        """Return the slots of what has to be said in the middle: a fact, the other side, and the further points."""
        fact, frames = to_say.fact, self._common.points
        told = [Slot("fact", self._common.facts[fact[0]], {"fact": fact[1]}, own=True)] if fact else []
        points = [name for name in self.situation.secondary if name.value in self._common.also]
        praised = to_say.glad and POINT in to_say.given  # thanks for what is praised is answer enough
        also = [
            Slot("also", self._common.also[name.value], to_say.further.get(name, {}), own=True)
            for name in points
            if name.value not in to_say.answered and (name in to_say.further or not to_say.given) and not praised
        ]
        if frames and to_say.complaint:
            told.append(Slot("point", frames.also, {POINT: to_say.complaint}, own=True))
        if frames and to_say.praise:
            also.append(Slot("praise", frames.though, {POINT: to_say.praise}, own=True))
        return (*told, *also)

    def _invites(self, reply: Reply, *, wanted: bool) -> tuple[str, ...]:
        """Return the invitations; praise has none, unless what it turns out to report is a complaint."""
        shared = self._common.invites
        if not (reply.invite or wanted):
            return ()
        return (*reply.invite, *(shared.hybrid if self.situation.channel is Channel.HYBRID else shared.public))

    def _reply(self) -> Reply:
        """Return the slots of the public reply; a call to write privately where the case needs a private answer."""
        own = self._templates.hybrid if self.situation.channel is Channel.HYBRID else self._templates.public
        reply = own or self._templates.public or self._templates.hybrid
        if reply is None:
            raise PromptError(f"templates/{self.language}/{self.situation.situation.value}: has no public reply.")
        if self.situation.channel is Channel.HYBRID and self._templates.hybrid is None:
            instead = self._stand_in("hybrid").hybrid
            return reply if instead is None else reply.model_copy(update={"invite": instead.invite, "whole": ()})
        return reply

    def _with_fitting_thanks(self, reply: Reply) -> Reply:
        """Return the slots with neutral thanks for the detail where praise has a complaint in it.

        The detail may be the complaint, and joy about that would be the wrong answer; `other` words it without taking
        sides. A topic is known to come from praise.
        """
        mixed = self.situation.situation is SituationName.POSITIVE and bool(self.situation.secondary)
        if not mixed or not self.library.has(self.language, _NEUTRAL):
            return reply
        neutral = self.library.templates(self.language, _NEUTRAL).public
        quoting = [entry for entry in (neutral.acknowledge if neutral else ()) if "detail" in variables_of(entry)]
        own = [entry for entry in reply.acknowledge if "detail" not in variables_of(entry)]
        return reply.model_copy(update={"acknowledge": (*quoting, *own)})

    def _private(self) -> PrivateLine:
        private = self._templates.private or self._stand_in("private").private
        if private is None:
            raise PromptError(f"templates/{self.language}/{_STAND_IN}: has no private line.")
        return private

    def _message(self) -> Message:
        message = self._templates.message or self._stand_in("message").message
        if message is None:
            raise PromptError(f"templates/{self.language}/{_STAND_IN}: has no message.")
        return message

    def _stand_in(self, section: str) -> Templates:
        """Return the first templates that have a section: of a secondary situation, else of service."""
        names = [name.value for name in self.situation.secondary if self.library.has(self.language, name.value)]
        found = (self.library.templates(self.language, name) for name in (*names, _STAND_IN))
        return next((templates for templates in found if getattr(templates, section)), self._templates)
