"""The words of the field as types, importing nothing of ours."""
