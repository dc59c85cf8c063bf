"""What the user wants, turned into prompts and back. A task does no input or output."""
