"""Delivery: an approved reply leaves, exactly once."""
