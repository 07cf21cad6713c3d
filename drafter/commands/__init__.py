"""The commands, a module for each family; `drafter.cli` puts them together."""
