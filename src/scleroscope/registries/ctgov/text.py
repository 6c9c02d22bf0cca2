"""Free text as ClinicalTrials.gov writes it, brought back to what its author wrote."""

from __future__ import annotations

import html
import re
import textwrap
from html.entities import html5

# CommonMark: a backslash before ASCII punctuation stands for that character alone
# (https://spec.commonmark.org/0.31.2/#backslash-escapes).
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
# Entities with their semicolon, also where a sponsor typed them and the registry escaped them: "\&gt;".
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")

# The XML form breaks lines so that none reaches this many characters, indentation included.
_XML_WIDTH = 100


def unescape(text: str) -> str:
    r"""Undo Markdown's escapes; lines stay as they are.

    >>> unescape(r"2\. mRSS \> 10 \[units\]")
    '2. mRSS > 10 [units]'
    """
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    if "&" in text:
        text = _ENTITY.sub(_character, text)
    return plain(text)


def _character(entity: re.Match[str]) -> str:
    # html.unescape also reads the start of a longer word: "&copyright;" is no entity.
    if entity[0][1] == "#":
        return html.unescape(entity[0])
    return html5.get(entity[0][1:], entity[0])


def plain(text: str) -> str:
    """The text with one kind of line end and no space around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def unwrap(block: str) -> str:
    r"""Undo the XML form's indentation and line wrapping; paragraphs and bullets stay lines.

    A line break is taken for wrapping only where the next word would not have fitted on the line.

    >>> unwrap("\n        Adults.\n\n          -  Able to walk\n")
    'Adults.\n\n  -  Able to walk'
    """
    lines = [line.rstrip() for line in block.replace("\r", "").split("\n")]
    joined: list[str] = []
    reach = 0  # how far the last line of the registry's own layout went
    for line in lines:
        words = line.split(maxsplit=1)
        if words and joined and joined[-1] and reach + 1 + len(words[0]) >= _XML_WIDTH:
            joined[-1] += " " + line.lstrip()
        else:
            joined.append(line)
        reach = len(line)
    return textwrap.dedent("\n".join(joined)).strip("\n").rstrip()
