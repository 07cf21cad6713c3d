"""The babble test: a real and very small model writes the replies, mostly nonsense, and the guardrails face it.

`python -m evals.babble` drafts a hundred reviews through the whole path and says what became of the model's texts.
"""
