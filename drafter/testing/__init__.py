"""Twins of the ports that do as they are told, for tests of this project and of those who build on it."""

from drafter.testing.batches import BatchScript
from drafter.testing.chat import Answer, ChatRequest
from drafter.testing.faults import FAULTS, GOOD
from drafter.testing.parts import (
    QUIET_SITUATION,
    FixedClock,
    HashEmbedder,
    ScriptedInspector,
    ScriptedReader,
    ScriptedTranslator,
    ScriptedWriter,
    SetLanguage,
)
from drafter.testing.queue import InMemoryQueue, QueueMemory
from drafter.testing.server import ModelServer

__all__ = [
    "FAULTS",
    "GOOD",
    "QUIET_SITUATION",
    "Answer",
    "BatchScript",
    "ChatRequest",
    "FixedClock",
    "HashEmbedder",
    "InMemoryQueue",
    "ModelServer",
    "QueueMemory",
    "ScriptedInspector",
    "ScriptedReader",
    "ScriptedTranslator",
    "ScriptedWriter",
    "SetLanguage",
]
