"""Signed documents given to the network: types, audiences, circles, and who may read what."""
