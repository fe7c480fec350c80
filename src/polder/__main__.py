"""``python -m polder``: the same as the ``polder`` command."""

from polder.cli import main

if __name__ == "__main__":
    main()
