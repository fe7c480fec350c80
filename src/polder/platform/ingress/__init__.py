"""The ingress: one static Caddy in front of every app, the names it may serve, and the authority that signs for them."""
