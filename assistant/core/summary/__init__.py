"""Summaries: planned, made side by side, merged, linked, kept."""
