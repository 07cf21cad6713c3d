"""The language of a text: the twelve that we write, others as found, `und` where there is none."""

from __future__ import annotations

from drafter.domain.visible import visible
from drafter.languages.identify import SUPPORTED, UNDETERMINED, Languages
from drafter.languages.noise import looks_like_noise

__all__ = ["SUPPORTED", "UNDETERMINED", "Languages", "looks_like_noise", "visible"]
