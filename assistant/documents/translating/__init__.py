"""Documents cut into what is translated, and written again with other words in the same places."""
