"""Reviews come in, change and go."""

from drafter.intake.service import Intake, Received, ReviewStatus

__all__ = ["Intake", "Received", "ReviewStatus"]
