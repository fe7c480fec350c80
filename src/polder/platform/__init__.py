"""Axis 1, the technology platform: what a provider's files say, and what should therefore happen. Pure: no effects."""
