"""The text formats of a patient file as one shape: JSON, TOML and YAML carry the same keys.

What a decoder complains of never reaches an error text: it quotes the file, which is a patient's.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from scleroscope.model.problem import BadRequest


class PatientError(BadRequest):
    """A patient file that breaks the contract: says where and what to do, without the value."""


SUFFIXES = {".json": "JSON", ".toml": "TOML", ".yaml": "YAML", ".yml": "YAML"}


def decode(data: bytes, kind: str, where: str) -> object:
    """The object that the bytes tell; PatientError says where they are not of their kind."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise PatientError(f"{where}: not UTF-8 text (byte {error.start})") from None
    if kind == "TOML":
        import tomllib

        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            raise PatientError(f"{where}: not TOML; write one key = value a line") from None
    if kind == "YAML":
        import yaml

        try:
            loaded: object = yaml.safe_load(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = "" if mark is None else f" (line {mark.line + 1})"
            raise PatientError(f"{where}: not YAML{line}; write one key: value a line") from None
        return loaded
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        raise PatientError(f"{where}: not JSON; write one object with the keys of the patient file") from None


def kind_of(path: Path) -> str:
    """JSON, TOML or YAML by the file's name; JSON where the name tells nothing."""
    return SUFFIXES.get(path.suffix.lower(), "JSON")
