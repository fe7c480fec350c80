"""Polder: one folder of files in, a collective's services running.

The packages, from the outside in (see ARCHITECTURE.md): ``cli`` is a door, ``actions`` holds one file for each
thing somebody can ask for, ``platform`` decides without touching anything, ``world`` is the only place with
effects, ``kernel`` has the words every part needs.
"""

__version__ = "0.1.0"
