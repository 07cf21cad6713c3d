"""Guardrails: the checks that a reply passes before a person sees it."""
