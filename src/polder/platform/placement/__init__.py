"""Which host an app's data goes to, and what the hosts still have room for. Pure: files and looks in, placements and figures out."""
