"""Guardrails: the checks that a reply passes before a person sees it.

runner.py      Guardrails.inspect(reply) -> findings
catalogue.py   every check: code, summary, severity, source
checks/        one rule a file
words/         what the rules look for, a file a rule, a section a language
cases/         what each rule must flag and must let pass, in every language it claims
policies/      the platforms' own rules behind findings, each with its source and date
kinds.py       what rules have in common; subject.py, normalise.py: how a rule sees a text
"""
