"""Approvals: the queue before the people who decide, and the one way in which they decide."""

from drafter.approvals.inspection import Texts
from drafter.approvals.requests import DecisionRequest
from drafter.approvals.service import Approvals
from drafter.approvals.views import AlikeReview, Counts, Entry, ItemView, Page, QueueEntry, View

__all__ = [
    "AlikeReview",
    "Approvals",
    "Counts",
    "DecisionRequest",
    "Entry",
    "ItemView",
    "Page",
    "QueueEntry",
    "Texts",
    "View",
]
