"""The report of a run: a page to look at, and its pictures."""

from __future__ import annotations

from evals.report.page import page, write_pictures

__all__ = ["page", "write_pictures"]
