"""Studies in one SQLite file, and back."""
