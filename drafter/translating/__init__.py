"""Translating: review and draft in the language of the person who decides, by a model; there is no other way.

llm.py         one model's translation, in one call for all texts
answers.py     the form of its answer
budgeted.py    the same within the shop's daily budget
"""
