"""The pages of the window: each has a page and, where it needs one, a list at its side."""
