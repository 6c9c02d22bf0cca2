"""How a trial is run: when it looks, when it stops, which dose is next; one module a design."""
