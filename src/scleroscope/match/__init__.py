"""Which trials for whom, and why not."""
