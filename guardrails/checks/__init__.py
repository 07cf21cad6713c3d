"""The checks: one rule a file."""
