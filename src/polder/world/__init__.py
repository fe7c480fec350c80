"""The only effects: engine, files, git, secrets, images, names, clock; each beside its in-memory twin where tests need one."""
