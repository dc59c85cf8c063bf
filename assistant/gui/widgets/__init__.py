"""The parts that the panes are made of."""
