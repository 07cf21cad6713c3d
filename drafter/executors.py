"""Executors: what the processes that take jobs are called, so that no two of them are ever taken for one.

The name of a process is the same after a restart; its id has a random part of each start's own (`executor_id`), so
that even two containers of one name never run each other's jobs.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drafter.security import private_folder

_LONGEST_NAME = 80
_SEPARATOR = ":"
_MARK_BYTES = 8


@dataclass(frozen=True, kw_only=True)
class ProcessName:
    """What a process is called."""

    name: str
    is_ours: bool = False  # no other live process has it: what an earlier one of this name left is ours at once
    release: Callable[[], None] = lambda: None  # lets the next process have it


def executor_id(name: str) -> str:
    """Return an id that no other start of any process has."""
    return f"{name[:_LONGEST_NAME]}{_SEPARATOR}{secrets.token_hex(4)}"


def has_name(executor: str, name: str) -> bool:
    """Whether an id is that of a process of this name."""
    return executor.rpartition(_SEPARATOR)[0] == name[:_LONGEST_NAME]


def name_in(data_dir: Path) -> ProcessName:
    """Return a name that no other live process of this data folder has: host, folder, and the lowest free number.

    A lock on a file in the folder says which numbers are taken; the operating system gives up the lock of a process
    that dies. The folder is told from others by a random mark inside it besides its path, which two containers of
    one host name may share.
    """
    folder = data_dir / "processes"
    private_folder(folder)
    number = 1
    while (lock := _locked(folder / f"{number}.lock")) is None:
        number += 1
    held = lock
    place = hashlib.sha256(os.fsencode(folder.resolve()) + _mark(folder)).hexdigest()[:8]
    return ProcessName(name=f"{platform.node()}-{place}-{number}", is_ours=True, release=lambda: os.close(held))


def _locked(file: Path) -> int | None:
    """Return the descriptor of the file, locked for this process; None where another one has it."""
    descriptor = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _mark(folder: Path) -> bytes:
    """Return the folder's random mark, made by the first process that asks for it."""
    descriptor = os.open(folder / "mark", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # of several that find it empty, one writes
        mark = os.read(descriptor, _MARK_BYTES)
        if not mark:
            mark = secrets.token_bytes(_MARK_BYTES)
            os.write(descriptor, mark)
        return mark
    finally:
        os.close(descriptor)
