"""Who is in the network: a chain of documents, each signed by enough of those before."""
