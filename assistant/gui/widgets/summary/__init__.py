"""Summaries as they are shown: the text with its links, the card below it, what can be chosen."""
