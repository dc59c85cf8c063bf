"""The one gate to the network: a child process through which every connection of the program goes."""
