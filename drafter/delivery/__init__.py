"""Delivery: an approved reply on its way out, exactly once: by webhook, by polling, or by a person's hand."""

from drafter.delivery.outgoing import Outgoing
from drafter.delivery.service import Delivery

__all__ = ["Delivery", "Outgoing"]
