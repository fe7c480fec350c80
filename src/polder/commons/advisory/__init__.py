"""Warnings between providers, matched with what one runs."""
