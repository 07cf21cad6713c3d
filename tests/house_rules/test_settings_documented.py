"""Every setting is explained, and in the README."""

from pathlib import Path

import pytest

from drafter.settings import Settings

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_each_setting_is_explained_and_in_the_readme(name: str) -> None:
    """A setting that nobody can find is not one."""
    assert Settings.model_fields[name].description
    assert f"`DRAFTER_{name.upper()}`" in README
