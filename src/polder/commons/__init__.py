"""Axis 2, what providers share: decides, touches nothing. No clock, network, process or disk."""
