"""Translations as they are shown: two columns of sentences, the strip below them, what can be chosen."""
