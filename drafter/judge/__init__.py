"""The judge: a model that holds a reply to the exact meanings of the fourteen codes, in one call.

llm.py         one model's judgement
question.py    what it is asked, with marks in place of personal data, and where its quotes stand
answers.py     the form of its answer
bench.py       models that stand in for each other, and the rule of `guardrails.verdicts` by which their word counts
"""
