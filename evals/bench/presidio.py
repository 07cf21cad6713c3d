"""presidio's pattern recognisers, for the benchmark only: without a language model, and without a network."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec


def pattern_recognisers() -> Callable[[str], object] | None:
    """Return what looks for personal data by presidio's own patterns; None where presidio is not installed.

    The language is a blank one: nothing is tagged, so that only patterns, checksums and context words are at work.
    """
    if find_spec("presidio_analyzer") is None:
        return None
    presidio, spacy = import_module("presidio_analyzer"), import_module("spacy")
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)  # it tells of every recogniser of other languages
    engines = import_module("presidio_analyzer.nlp_engine")
    engine = engines.SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "blank"}])
    engine.nlp = {"en": spacy.blank("en")}
    registry = presidio.RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"])
    registry.remove_recognizer("SpacyRecognizer")
    analyser = presidio.AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])

    def analyse(text: str) -> object:
        return analyser.analyze(text=text, language="en")

    return analyse
