"""Eligibility text, made computable."""
