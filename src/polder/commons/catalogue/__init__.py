"""Recipes of peers: what they offer, who approved it, who adopted it, and whether a provider's own rule allows taking it. Pure."""
