"""A child for work as large as a document: templates rendered, documents read, cut, searched, linked and written."""
