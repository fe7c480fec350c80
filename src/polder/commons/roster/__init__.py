"""Who is in the network: a chain of signed documents that amends itself. No server, no key, no person decides alone."""
