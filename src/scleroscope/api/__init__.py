"""The Python API; every answer starts here."""
