"""`python -m scleroscope` is the command `scleroscope`."""

from scleroscope.cli import main

main()
