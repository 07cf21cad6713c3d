"""Prompts and templates as files, loaded by name."""
