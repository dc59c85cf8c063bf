"""What is done with documents in either pane: opened, typed text kept, jobs planned, files chosen and named."""
