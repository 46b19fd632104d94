"""The database, whichever it is: schema, migrations, writer and reader threads."""
