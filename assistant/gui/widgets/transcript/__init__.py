"""The transcript: a conversation as it is shown, scrolled, selected and read out."""
