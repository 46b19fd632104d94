"""Runs the steps on the connection that `storage.upgrade` hands over."""

from alembic import context

from backend_core.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
