"""The site: a provider's folder of files as typed values, or every problem found in it."""
