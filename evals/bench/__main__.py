"""`python -m evals.bench NAME ...`; without a name, all of them."""

from __future__ import annotations

import sys

from drafter import logs
from evals.bench import engine, guardrails, pipeline

BENCHMARKS = {"pipeline": pipeline.run, "guardrails": guardrails.run, "engine": engine.run}


def main(names: list[str]) -> int:
    """Run the named benchmarks in turn; return the exit code."""
    logs.configure("WARNING")
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}.", file=sys.stderr)  # noqa: T201
        return 2
    for name in names or BENCHMARKS:
        BENCHMARKS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
