"""Who tests what, where, since when."""
