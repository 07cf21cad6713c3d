"""`python -m evals.bench NAME ...`; without a name, all of them.

`python -m evals.bench faults` is a table of its own, with options (`--help`); it takes long and is never among "all".
"""

from __future__ import annotations

import sys

from drafter import logs
from evals.bench import comparing, drafts, engine, faults, guardrails, model, pipeline, reader, runs, throughput

BENCHMARKS = {
    "pipeline": pipeline.run,
    "reader": reader.run,
    "guardrails": guardrails.run,
    "engine": engine.run,
    "model": model.run,
    "drafts": drafts.run,
    "evals": runs.run,
    "compare": comparing.run,
    "throughput": throughput.run,
}


def main(names: list[str]) -> int:
    """Run the named benchmarks in turn; return the exit code."""
    logs.configure("WARNING")
    if names[:1] == ["faults"]:
        faults.run(names[1:])
        return 0
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}.", file=sys.stderr)  # noqa: T201
        return 2
    for name in names or BENCHMARKS:
        BENCHMARKS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
