"""The files of a network folder: what a provider decides about its own part in the network."""
