"""Markdown and plain text: taken apart into blocks (without Qt), and blocks laid out and painted as units."""
