"""Run by Alembic: takes the steps on the connection that `migrate` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from drafter.store.migrations.scope import OPTIONS

context.configure(connection=context.config.attributes["connection"], **OPTIONS)
with context.begin_transaction():
    context.run_migrations()
