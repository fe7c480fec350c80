"""Words every part needs: problems and their sentences, names, digests, secrets, what an engine shows and does."""
