"""The colours of the terminal screens."""

ACCENT = "cyan"
OPEN = "green"
STOPPED = "red"
QUIET = "bright_black"
