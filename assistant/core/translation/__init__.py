"""Translations: planned, made side by side, checked, kept; with glossaries and the translation memory."""
