"""The useful subset of the Compose Specification, read whole or refused: nothing is silently dropped."""
