"""Qt models over what the core keeps."""
