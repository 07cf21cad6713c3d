"""`python -m drafter.store.migrations "What changes"`: write the next step from what tables and steps differ in.

For developers. Read what it wrote: a renamed column looks to it like one that goes and one that comes.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from drafter.store.database import Database
from drafter.store.migrations import VERSIONS, configuration, migrate


def propose(message: str, folder: Path = VERSIONS) -> None:
    """Write the next step into a folder, numbered after the last one."""
    config = configuration(folder)
    head = ScriptDirectory.from_config(config).get_current_head()
    with tempfile.TemporaryDirectory() as scratch:
        database = Database(f"sqlite:///{scratch}/scratch.db")
        migrate(database)
        with database.restructuring() as connection:
            config.attributes["connection"] = connection
            number = f"{int(head or 0) + 1:04}"
            command.revision(config, message, autogenerate=True, rev_id=number, version_path=str(folder))
        database.close()


if __name__ == "__main__":
    propose(" ".join(sys.argv[1:]) or "Unnamed step")
