"""Which models exist and which are here: reading their headers, finding, adopting, and whether they fit into memory."""
