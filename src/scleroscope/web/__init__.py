"""The API as pages, each with a .json twin."""
