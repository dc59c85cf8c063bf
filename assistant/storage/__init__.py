"""What is kept: settings declared once as data, conversations in SQLite, numbered migrations."""
