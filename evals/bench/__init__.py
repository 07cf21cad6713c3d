"""Benchmarks: `python -m evals.bench NAME`. Each measures a part beside a baseline in the same run.

The machine's speed cancels out in the ratio; absolute figures are of that machine only. The last line is one JSON
object with all figures.
"""
