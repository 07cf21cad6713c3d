"""Offline evaluation of readers, writers and guardrails."""
