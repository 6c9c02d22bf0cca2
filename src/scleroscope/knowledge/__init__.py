"""The disease as data files, and how they are loaded. One row, one fact, one source."""
