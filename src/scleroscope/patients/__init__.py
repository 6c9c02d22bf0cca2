"""A patient or a cohort in."""
