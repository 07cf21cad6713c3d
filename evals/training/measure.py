"""Measure the embedded reader on a file of labelled reviews: `python -m evals.training.measure FILE`.

A line is a JSON object with `text`, `rating`, `language`, `situation`, `secondary` and, where known, `best_channel`,
`legal_threat` and `sentiment`. The last line printed is one JSON object with all figures.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from drafter.domain.review import Review
from drafter.domain.situation import Situation, SituationName

Row = dict[str, Any]
Pairs = Sequence[tuple[Row, Situation]]


def figures(pairs: Pairs) -> dict[str, Any]:
    """Return the reader's figures on rows and what it read in them."""
    right = [read.situation.value == row["situation"] for row, read in pairs]
    either = [read.situation.value in (row["situation"], *row.get("secondary", ())) for row, read in pairs]
    return {
        "reviews": len(pairs),
        "accuracy": _share(right),
        "macro_f1": _macro_f1(pairs),
        "primary_or_secondary": _share(either),
        "language": _share(read.language == row["language"] for row, read in pairs),
        "channel": _share(_channel_fits(row, read) for row, read in pairs if row.get("best_channel")),
        "sentiment": _share(read.sentiment == row["sentiment"] for row, read in pairs if "sentiment" in row),
        "safety_recall": _share(r.situation == "safety" for row, r in pairs if row["situation"] == "safety"),
        "safety_precision": _share(row["situation"] == "safety" for row, r in pairs if r.situation == "safety"),
        "legal_recall": _share(read.legal_threat for row, read in pairs if row.get("legal_threat")),
        "legal_precision": _share(bool(row.get("legal_threat")) for row, read in pairs if read.legal_threat),
        "detail_overlap": _share(_detail_fits(row, read) for row, read in pairs if row.get("specific_detail")),
        "by_language": _by_language(pairs),
        "by_situation": {name.value: _of_situation(pairs, name) for name in SituationName},
    }


def _share(hits: Iterable[bool]) -> float | None:
    values = list(hits)
    return round(sum(values) / len(values), 3) if values else None


def _of_situation(pairs: Pairs, name: SituationName) -> dict[str, float | None]:
    return {
        "recall": _share(read.situation is name for row, read in pairs if row["situation"] == name),
        "precision": _share(row["situation"] == name for row, read in pairs if read.situation is name),
    }


def _macro_f1(pairs: Pairs) -> float:
    scores: list[float] = []
    for name in {row["situation"] for row, _ in pairs}:
        both = sum(row["situation"] == name == read.situation.value for row, read in pairs)
        either = sum((row["situation"] == name) + (read.situation.value == name) for row, read in pairs)
        scores.append(2 * both / either)
    return round(sum(scores) / max(len(scores), 1), 3)


def _channel_fits(row: Row, read: Situation) -> bool:
    """Whether the channel is right; no reply to spam is, and for safety both careful channels are."""
    allowed = {row["best_channel"]}
    if row["situation"] == SituationName.SPAM_ABUSE:
        allowed.add("none")
    if row["situation"] == SituationName.SAFETY:
        allowed.update(("private", "hybrid"))
    return read.channel.value in allowed


def _detail_fits(row: Row, read: Situation) -> bool:
    """Whether a detail and the labelled span overlap."""
    start = row["text"].find(row["specific_detail"])
    end = start + len(row["specific_detail"])
    return start >= 0 and any(detail.start < end and start < detail.end for detail in read.details)


def _by_language(pairs: Pairs) -> dict[str, dict[str, float | int | None]]:
    grouped: dict[str, list[tuple[Row, Situation]]] = defaultdict(list)
    for row, read in pairs:
        grouped[row["language"]].append((row, read))
    return {
        language: {
            "reviews": len(group),
            "accuracy": _share(read.situation.value == row["situation"] for row, read in group),
            "language": _share(read.language == language for _, read in group),
        }
        for language, group in sorted(grouped.items())
    }


def main() -> None:
    """Read every line of a file and print the figures."""
    from drafter.embeddings import E5Embedder  # noqa: PLC0415  # not needed to compute figures
    from drafter.languages import Languages  # noqa: PLC0415
    from drafter.readers.embedding import EmbeddingReader  # noqa: PLC0415
    from drafter.readers.heads import encoder_tuning  # noqa: PLC0415

    parser = argparse.ArgumentParser(description="Measure the embedded reader on labelled reviews.")
    parser.add_argument("file", type=Path)
    rows = [json.loads(line) for line in parser.parse_args().file.read_text(encoding="utf-8").splitlines() if line]
    reader = EmbeddingReader(E5Embedder(tuning=encoder_tuning()), Languages())
    started = time.perf_counter()
    pairs = [
        (row, reader.read_review(Review(external_id=str(at), text=row["text"], rating=row.get("rating"))))
        for at, row in enumerate(rows)
    ]
    seconds = time.perf_counter() - started
    result = figures(pairs) | {"ms_per_review": round(seconds * 1000 / max(len(rows), 1), 1)}
    for name, value in result.items():
        print(f"{name:22} {value}")  # noqa: T201
    print(json.dumps(result))  # noqa: T201


if __name__ == "__main__":
    main()
