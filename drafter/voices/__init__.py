"""Brand voices: reading and changing how a shop sounds, and hearing a change before it is kept."""

from drafter.voices.changes import VoiceChange
from drafter.voices.sampling import Need, Sample
from drafter.voices.service import Compared, VoicePreview, Voices, fingerprint

__all__ = ["Compared", "Need", "Sample", "VoiceChange", "VoicePreview", "Voices", "fingerprint"]
