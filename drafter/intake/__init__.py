"""Intake: a review enters, with its drafting job, or not at all."""
