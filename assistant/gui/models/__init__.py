"""What the window does with models: the guide of the first start, adding files, asking the Hub, operations on models,
their options, the connections, and the ways to all of it."""
