"""Readers: a review becomes a situation."""
