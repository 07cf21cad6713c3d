"""The commands as a newcomer types them, in a process of their own."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

REVIEWS = [
    {"id": "1", "text": "Zipper broke after two days", "rating": 2, "author": "Ana", "product": "Tote"},
    {"id": "2", "text": "ผ้านุ่มมาก ใส่สบาย", "rating": 5, "product": {"name": "เสื้อยืด"}},
    {"id": "3", "review": {"text": "It burned my hand when I plugged it in", "rating": 1}, "case_facts": {}},
    {"id": "4", "text": "asdf jkl qwe zzz", "rating": 3},
]


def drafter(
    folder: Path, *arguments: str, stdin: str | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder of its own, with no setting but those given."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DRAFTER_", "OPENAI_"))}
    return subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "drafter", *arguments],
        cwd=folder,
        env={**environment, "PYTHONIOENCODING": "utf-8", **settings},
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def answers(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def query(database: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(statement).fetchall()


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.jsonl"
    path.write_text("".join(json.dumps(review, ensure_ascii=False) + "\n" for review in REVIEWS), encoding="utf-8")
    return path


def test_drafts_of_a_file_pass_the_check_command(tmp_path: Path, reviews: Path) -> None:
    """classify, draft and check are one pipeline: what draft offers, check lets pass."""
    assert drafter(tmp_path, "draft", reviews.name, "drafts.jsonl").returncode == 0
    drafts = answers(tmp_path / "drafts.jsonl")
    assert [draft["id"] for draft in drafts] == ["1", "2", "3", "4"]
    assert [draft["route"] for draft in drafts] == ["draft", "draft", "escalate", "no_reply"]
    assert [draft["public_reply"] is None for draft in drafts] == [False, False, True, True]
    replies = [
        {"id": draft["id"], "review": review, "reply": draft["public_reply"], "channel": draft["channel"]}
        for review, draft in zip(REVIEWS[:2], drafts[:2], strict=True)
    ]
    (tmp_path / "replies.jsonl").write_text("\n".join(map(json.dumps, replies)), encoding="utf-8")
    assert drafter(tmp_path, "check", "replies.jsonl", "checked.jsonl").returncode == 0
    assert [line["violations"] for line in answers(tmp_path / "checked.jsonl")] == [[], []]


def test_a_draft_is_the_same_twice(tmp_path: Path, reviews: Path) -> None:
    for name in ("one.jsonl", "two.jsonl"):
        assert drafter(tmp_path, "draft", reviews.name, name).returncode == 0
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_bad_lines_are_told_and_the_good_ones_answered(tmp_path: Path) -> None:
    lines = ['{"id": "1", "text": "Lovely", "rating": 5}', '{"id": "2", "text": "x", "rating": 7}', "nonsense"]
    done = drafter(tmp_path, "classify", "-", "-", stdin="\n".join(lines))
    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["1"]
    assert 'line 2: "rating"' in done.stderr
    assert "line 3: not JSON" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("draft", "nowhere.jsonl", "out.jsonl"), "nowhere.jsonl cannot be read"),
        (("draft", "in.jsonl", "out.jsonl", "--writer", "llm"), "DRAFTER_MODEL"),
        (("draft", "in.jsonl", "out.jsonl", "--writer", "poet"), "DRAFTER_WRITER"),
        (("draft", "in.jsonl", "out.jsonl", "--reader", "seer"), "DRAFTER_READER"),
        (("draft", "in.jsonl", "out.jsonl", "--shop", "none.yaml"), "none.yaml"),
        (("draft", "in.jsonl", "none/out.jsonl"), "none/out.jsonl cannot be written"),
        (("backup", "copy.db"), "DRAFTER_DATA_DIR"),
        (("eval", "run", "nothing"), "replies"),
    ],
)
def test_a_wrong_call_says_what_to_do(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": "1", "text": "Lovely"}\n')
    done = drafter(tmp_path, *arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_drafts_the_sample_and_ends_when_asked_to(tmp_path: Path) -> None:
    """The main job, with no key and no server; a second time it goes on with what is there."""
    for _ in range(2):
        done = drafter(tmp_path, "demo", DRAFTER_DEMO_ONCE="1", DRAFTER_PORT="0")
        assert done.returncode == 0, done.stderr
        assert "What became of the sample" in done.stdout
    database = tmp_path / "data" / "demo" / "drafter.db"
    items = query(database, "SELECT id FROM approval_item")
    drafts = query(database, "SELECT id FROM draft")
    assert len(items) >= 40
    assert len(items) * 0.7 <= len(drafts) <= len(items)


def test_a_busy_port_is_told_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = drafter(tmp_path, "demo", DRAFTER_PORT=str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "PORT=" in done.stderr


def test_a_backup_is_whole_and_never_overwrites(tmp_path: Path) -> None:
    assert drafter(tmp_path, "users", "add", "ana", "--link").returncode == 0
    assert drafter(tmp_path, "backup", "copy.db").returncode == 0
    assert query(tmp_path / "copy.db", "SELECT name FROM person") == [("ana",)]
    again = drafter(tmp_path, "backup", "copy.db")
    assert again.returncode == 2
    assert "never overwrites" in again.stderr


def test_the_doctor_finds_a_working_installation(tmp_path: Path) -> None:
    done = drafter(tmp_path, "doctor")
    assert done.returncode == 0, done.stdout
    assert "missing" not in done.stdout


@pytest.mark.parametrize("address", ["postgresql://nobody@127.0.0.1:1/nothing", "nonsense", "mysql://a:secret@b/c"])
def test_a_database_that_cannot_be_used_is_told_in_a_line(tmp_path: Path, address: str) -> None:
    done = drafter(tmp_path, "users", "list", DRAFTER_DATABASE_URL=address)
    assert done.returncode == 2
    assert "DRAFTER_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


def test_the_doctor_names_what_is_wrong(tmp_path: Path) -> None:
    wrong = drafter(tmp_path, "doctor", DRAFTER_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert wrong.returncode == 1
    assert "DRAFTER_DATABASE_URL" in wrong.stdout
    odd = drafter(tmp_path, "doctor", DRAFTER_WORKERS="many")
    assert odd.returncode == 1
    assert "DRAFTER_WORKERS" in odd.stdout
