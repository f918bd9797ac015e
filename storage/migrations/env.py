"""How Alembic runs here: on the connection it is given, in batches that SQLite can do."""

from alembic import context

from storage.models import Contact


def run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Contact.metadata,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="models.",
    )
    with context.begin_transaction():
        context.run_migrations()


run()
