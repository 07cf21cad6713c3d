"""The job engine refuses a SQLite that it cannot work on, with a way out."""

import pytest

from drafter.domain.errors import Misconfigured
from drafter.engine import require_sqlite


@pytest.mark.parametrize(("python", "sqlite"), [((3, 11), (3, 34)), ((3, 12), (3, 42)), ((3, 13), (3, 46))])
def test_a_sqlite_that_does_is_taken(python: tuple[int, int], sqlite: tuple[int, int]) -> None:
    require_sqlite(python, sqlite)


def test_a_newer_python_with_an_old_sqlite_is_told_what_would_do() -> None:
    with pytest.raises(Misconfigured, match=r"Python 3\.11"):
        require_sqlite((3, 13), (3, 40))
