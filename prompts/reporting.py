"""What files of what customers report hold: points with their clauses, and how a clause is said again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from prompts.filling import variables_of
from prompts.records import TOPIC, File, TopicGroup, allows


class Point(File):
    """Something that customers report, and the clause by which a reply repeats it."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    words: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]  # by which it is found
    needs: tuple[str, ...] = ()  # words of which one has to stand in the same clause
    unless: tuple[str, ...] = ()  # words of which none may stand there
    says: Annotated[str, Field(min_length=1), allows("after", "found")]
    of_thing: Annotated[str, allows("after", "found", "thing")] = ""  # says so where a thing is named in the clause
    kind: str = ""  # of points of one kind the reply repeats one; the id if empty
    about: TopicGroup | None = None  # what a review that reports it is about, if not its group
    broad: bool = False  # repeated only where nothing more particular of its group is found

    @model_validator(mode="after")
    def _names_what_it_can(self) -> Self:
        if self.of_thing and "thing" not in variables_of(self.of_thing):
            raise ValueError(f"{self.id}: of_thing needs {{thing}}")
        if "found" in variables_of(self.says + self.of_thing) and any("*" in word for word in self.words):
            raise ValueError(f"{self.id}: with {{found}} each word is listed in full, without *")
        return self


class Points(File):
    """What customers report in one language, by what it is about."""

    language: str
    two: Annotated[str, allows("first", "second")]  # two clauses as one
    three: Annotated[str, allows("first", "second", "third")]
    shared: tuple[str, ...] = ()  # subjects that are said once where the next clause begins with the same
    closing: str = ""  # the mark after a clause that holds it, where another follows
    apostrophe: str = "'"  # as the language's sentences write it; the words of points are listed with a straight one
    thing: str = TOPIC  # the variable of the topics' form that stands for {thing}
    denied: tuple[str, ...] = ()  # words shortly before a point's that deny it
    denied_after: tuple[str, ...] = ()  # and shortly after
    unsure: tuple[str, ...] = ()  # words of a clause that supposes, fears or hopes, and reports nothing
    numbers: tuple[str, ...] = ()  # in words, and what else stands for one ("a few")
    after: tuple[Annotated[str, allows("n")], ...] = ()  # phrases of time or use ("after {n} days"); {n} is a number
    complaints: Mapping[TopicGroup, tuple[Point, ...]]
    praise: Mapping[TopicGroup, tuple[Point, ...]]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if variables_of(self.two) != {"first", "second"} or variables_of(self.three) != {"first", "second", "third"}:
            raise ValueError("two needs {first} and {second}, three needs {third} too")
        ids = [point.id for points in (*self.complaints.values(), *self.praise.values()) for point in points]
        if twice := {name for name in ids if ids.count(name) > 1}:
            raise ValueError(f"twice: {', '.join(sorted(twice))}")
        return self


class VerbLast(File):
    """How a main clause is put in order where its finite verb goes to the end, as in German after "dass".

    In such a clause nouns have capitals.
    """

    subordinators: tuple[str, ...]  # clauses that customers begin with one of these are in that order already
    adding: tuple[str, ...]  # "and": the clause may have only half of its subject, or none
    subjects: tuple[str, ...]  # pronouns
    certain: tuple[str, ...]  # those that are never an object
    objects: tuple[str, ...]  # pronouns that stand close behind them
    light: tuple[str, ...] = ()  # those of them that stand before a subject with a noun
    articles: tuple[str, ...]  # and the like; a subject may begin with one
    oblique: tuple[str, ...]  # those of other cases
    bare_nouns: Mapping[str, tuple[str, ...]] = {}  # by article: those customers begin with, the verb right behind
    definite: tuple[str, ...]  # those of a subject that goes in front of all but pronouns
    attached: tuple[str, ...]  # what goes on after its noun begins with one of these
    attribute_endings: tuple[str, ...]  # of what stands between article and noun
    you: str  # the subjects that are put where one is left out
    it: str
    they: str
    of_people: tuple[str, ...]  # words that do not say anything of an article
    helpers: tuple[str, ...]  # verbs with a participle or infinitive at the end, never joined to a prefix
    participles: tuple[str, ...]  # how participles look
    modals: tuple[str, ...]  # verbs with an infinitive at the end
    to: str  # the word before another infinitive
    bare: tuple[str, ...]  # helpers that always have an infinitive
    partial: tuple[str, ...]  # a helper needs more than what begins with one of these
    prefixes: tuple[str, ...]  # the verb is joined to one that stands at the end
    prepositions: tuple[str, ...]  # what may follow the verb begins with one of these
    tails: tuple[str, ...]  # and comparisons that follow it
    close: tuple[str, ...]  # how those begin that do not follow a helper
    plural: tuple[str, ...]  # verbs
    singular: tuple[str, ...]  # what cannot be the whole subject of a verb in the plural
    second: Mapping[str, str]  # verbs as customers say them of themselves, to how they are said to them
    drop: tuple[str, ...]  # words left out in the end; until then they show where the verb stands
    small: tuple[str, ...]  # words that are no nouns
    adjectives: tuple[str, ...]  # the same without endings
    adjective_endings: tuple[str, ...]


class Retelling(File):
    """How a language says again what a customer says, about the customer ("my zip broke": "your zip broke").

    Words are compared without case, as whole words except in scripts without spaces; `*` stands for any letters.
    """

    language: str
    spellings: Mapping[str, str] = {}  # as customers write, to the standard spelling
    hangs: tuple[str, ...] = ()  # words at the beginning of a clause that is none by itself ("which", "who")
    goes_on: tuple[str, ...] = ()  # words at the beginning of one that tells when or why of the clause before it
    leads: tuple[str, ...] = ()  # words left out at the beginning of a clause
    drop: tuple[str, ...] = ()  # words left out: what only colours a statement, and particles
    persons: Mapping[str, str] = {}  # what customers say of themselves, to how it is said to them
    subjects: Mapping[str, tuple[str, ...]] = {}  # words (or "qu'") put before a clause that begins with one of these
    begins: tuple[str, ...] = ()  # one has to begin the clause; none: it may begin anyhow
    has: tuple[str, ...] = ()  # one has to stand in the clause, a finite verb
    never: tuple[str, ...] = ()  # none may stand in it
    least_words: int = 3  # of a clause, where there are spaces between them
    clitics: tuple[str, ...] = ()  # endings that common words may have ("-nya")
    tale: tuple[str, ...] = ()  # words of a clause about what the customer did, not how the article is
    names: tuple[str, ...] = ()  # words with capitals, as they are written
    verb_last: VerbLast | None = None  # where it stands after a word that sends its verb to the end
    endings: Mapping[str, str] = {}  # how a clause ends, to how it ends where it is retold; up to three in turn
    ends: tuple[str, ...] = ()  # it then has to end with one of these; none: it may end anyhow
