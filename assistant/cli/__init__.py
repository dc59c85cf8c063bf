"""One face: the same Core without a window."""
