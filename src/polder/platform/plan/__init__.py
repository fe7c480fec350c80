"""What should happen: ``make_plan(site, seen, now)`` compares a site with one look at the engine and returns steps people can read."""
