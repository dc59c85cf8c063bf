"""A child for work as large as a document: rendering templates now, reading and splitting documents later."""
