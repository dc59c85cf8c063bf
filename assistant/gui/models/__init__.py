"""What the window does with models: asking the Hub, operations on them, their options, the ways to all of it."""
