"""scleroscope makes the clinical trials of systemic sclerosis (scleroderma) legible and better."""

__version__ = "0.1.0"
