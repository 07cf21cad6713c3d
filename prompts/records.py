"""What template, topic and word files hold, as records; an unknown key or variable is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from prompts.filling import render, variables_of

TOPIC = "topic"  # the variable of a topic's first form; a further form's is `topic_<form>`
POINT = "point"  # the variable of what the customer reports, as a clause

#: What a group of topics is about: one situation, or things that any may be about ("the zip", "the colour").
TopicGroup = Literal[
    "things", "quality", "shipping", "sizing", "misunderstanding", "wrong_item", "service", "positive", "other"
]
Tone = Literal["warm", "neutral", "formal"]


def allows(*names: str, topics: bool = False) -> AfterValidator:
    """Return the check that a text has no variables but these."""

    def check(text: str) -> str:
        found = {name for name in variables_of(text) if not (topics and is_topic(name))}
        if unknown := found - set(names):
            raise ValueError(f"unknown variables: {', '.join(sorted(unknown))}")
        return text

    return AfterValidator(check)


def is_topic(variable: str) -> bool:
    """Whether a variable stands for a topic in one of its forms."""
    return variable == TOPIC or variable.startswith(f"{TOPIC}_")


Entry = Annotated[str, Field(min_length=1), allows("product", "detail", topics=True)]
Entries = Annotated[tuple[Entry, ...], Field(min_length=1)]
Plain = Annotated[str, Field(min_length=1), allows()]
PlainEntries = Annotated[tuple[Plain, ...], Field(min_length=1)]
Cited = Annotated[str, Field(min_length=1), allows("policy")]
Told = Annotated[str, Field(min_length=1), allows("fact")]
Repeating = Annotated[str, Field(min_length=1), allows(POINT)]
Frames = Annotated[tuple[Repeating, ...], Field(min_length=1)]


class File(BaseModel):
    """A frozen record that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def texts(self) -> Iterable[str]:
        """Return every text of the record, at any depth."""
        return _texts(self.model_dump())


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


class Reply(File):
    """The slots of a public reply, each entry one sentence, and whole replies of two or three."""

    acknowledge: Entries
    resolve: Entries
    invite: tuple[Entry, ...] = ()  # with the shared ones of the language; none at all: the reply has two sentences
    whole: tuple[Entry, ...] = ()  # stand in place of all three slots


class PrivateLine(File):
    """The one neutral sentence that stands in public where the channel is private."""

    line: PlainEntries


class Message(File):
    """The slots of a private message."""

    open: Entries
    ask: Entries
    close: Entries


class Templates(File):
    """All wordings for one situation in one language."""

    language: str
    situation: str
    public: Reply | None = None
    hybrid: Reply | None = None
    private: PrivateLine | None = None
    message: Message | None = None


class Greeting(File):
    """How a reply begins; no sentence."""

    with_name: Annotated[tuple[Annotated[str, allows("name")], ...], Field(min_length=1)]
    without_name: Annotated[tuple[Annotated[str, allows()], ...], Field(min_length=1)]


class SharedInvites(File):
    """Invitations that fit every complaint, beside those of the situation."""

    public: tuple[Entry, ...] = ()
    hybrid: tuple[Entry, ...] = ()


class Manner(File):
    """How the wordings are said in a tone; what is left out stays as it is."""

    greeting: Greeting | None = None
    words: Mapping[str, str] = {}  # each phrase to the one in its place: "we're" to "we are"
    leave_out: tuple[str, ...] = ()  # a wording with one of these phrases is not used in this tone


class PointFrames(File):
    """Sentences that repeat what the customer reports, whatever the situation; each holds {point}."""

    sorry: Frames  # a public reply to a complaint begins so: one or two sentences with thanks and an apology
    glad: Frames  # and one to praise: one or two sentences with thanks
    message: Frames  # opens a private message about a complaint
    more: tuple[Repeating, ...] = ()  # one sentence on what is praised besides, after one that thanks for praise
    though: Frames  # one sentence on what is praised beside a complaint
    also: Frames  # one sentence on a complaint beside something else; no thanks, no apology

    @model_validator(mode="after")
    def _each_repeats_a_point(self) -> Self:
        if idle := [text for text in self.texts() if POINT not in variables_of(text)]:
            raise ValueError(f"without {{point}}: {idle[0]}")
        return self


class Common(File):
    """What all situations of a language share."""

    language: str
    greeting: Greeting
    also: Mapping[str, Entries]  # secondary situation to sentences that answer it
    invites: SharedInvites = SharedInvites()
    policies: Mapping[str, Cited] = {}  # key of a fact to a sentence that cites it in private
    facts: Mapping[str, Annotated[tuple[Told, ...], Field(min_length=1)]] = {}  # and to those that tell it in public
    points: PointFrames | None = None
    asked: tuple[Plain, ...] = ()  # begin a reply that answers a question by a fact
    wordless: tuple[Plain, ...] = ()  # begin a reply to a review without words: stars or pictures alone
    join: str = " "  # between sentences
    tones: Mapping[Tone, Manner] = {"warm": Manner()}  # those that the wordings can be said in
    first_person: Mapping[str, str] | None = None  # each phrase of "we" to that of "I"; None: cannot speak as "I"
    plural: tuple[str, ...] = ()  # words that say "we"; one that still has one is not used for "I"; `*` at either end
    keep_capital: tuple[str, ...] = ()  # first words that stay capital after a greeting that ends with a comma


class Topic(File):
    """Something that reviews name, and how a reply names it."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    words: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]  # by which it is found
    says: str | Mapping[str, str]  # the noun phrase, or one for each form; {found} in it is the listed word
    broad: bool = False  # named only where nothing more particular is found

    def said(self, forms: tuple[str, ...]) -> dict[str, str]:
        """Return the noun phrase by form."""
        return {forms[0]: self.says} if isinstance(self.says, str) else dict(self.says)

    def listed(self, found: str) -> str:
        """Return the word of the list that was found, as it is written there."""
        return next((word for word in self.words if word.casefold() == found.casefold()), self.words[0])


class Topics(File):
    """The topics of one language, by what they are about."""

    language: str
    forms: Annotated[tuple[str, ...], Field(min_length=1)] = ("plain",)  # the first is {topic}, others {topic_<form>}
    join: Annotated[str, allows("first", "second")]  # two topics as one noun phrase
    topics: Mapping[TopicGroup, tuple[Topic, ...]]

    @model_validator(mode="after")
    def _every_topic_is_whole(self) -> Self:
        if variables_of(self.join) != {"first", "second"}:
            raise ValueError("join needs {first} and {second}")
        for group, topics in self.topics.items():
            ids = [topic.id for topic in topics]
            if twice := {name for name in ids if ids.count(name) > 1}:
                raise ValueError(f"{group}: twice {', '.join(sorted(twice))}")
            for topic in topics:
                if topic.said(self.forms).keys() != set(self.forms):
                    raise ValueError(f"{group}.{topic.id}: needs the forms {', '.join(self.forms)}, and no other")
                used = {name for said in topic.said(self.forms).values() for name in variables_of(said)}
                if used - {"found"} or not all(said.strip() for said in topic.said(self.forms).values()):
                    raise ValueError(f"{group}.{topic.id}: a form is empty or has another variable than {{found}}")
                if used and any("*" in word for word in topic.words):
                    raise ValueError(f"{group}.{topic.id}: with {{found}} each word is listed in full, without *")
        return self

    def variables(self) -> frozenset[str]:
        """Return the variables that sentences of the language may use."""
        return frozenset(self._variable(form) for form in self.forms)

    def named(self, found: Iterable[tuple[Topic, str]]) -> dict[str, str]:
        """Return the variables that name one topic, or two as one noun phrase; each with the word that found it."""
        pairs = list(found)
        return {self._variable(form): self._joined([self._said(*pair, form) for pair in pairs]) for form in self.forms}

    def _said(self, topic: Topic, found: str, form: str) -> str:
        return render(topic.said(self.forms)[form], {"found": topic.listed(found)})

    def _joined(self, phrases: list[str]) -> str:
        return phrases[0] if len(phrases) == 1 else render(self.join, {"first": phrases[0], "second": phrases[1]})

    def _variable(self, form: str) -> str:
        return TOPIC if form == self.forms[0] else f"{TOPIC}_{form}"


class WordList(File):
    """Words and phrases by language, for one purpose."""

    purpose: str
    words: Mapping[str, tuple[str, ...]]

    def of(self, language: str) -> tuple[str, ...]:
        """Return the words of a language with those that hold in `all`."""
        return (*self.words.get("all", ()), *self.words.get(language, ()))

    @property
    def every(self) -> tuple[str, ...]:
        """The words of all languages."""
        return tuple(word for words in self.words.values() for word in words)
