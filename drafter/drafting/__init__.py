"""The job that turns a stored review into an approval item."""

from drafter.drafting.job import Drafting

__all__ = ["Drafting"]
