"""Free text as ClinicalTrials.gov writes it, brought back to what its author wrote."""

from __future__ import annotations

import html
import re
import textwrap

# CommonMark: a backslash before ASCII punctuation stands for that character alone
# (https://spec.commonmark.org/0.31.2/#backslash-escapes); entities need their semicolon.
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")

# The XML form breaks lines so that none reaches this many characters, indentation included.
_XML_WIDTH = 100


def unescape(text: str) -> str:
    r"""Undo Markdown's escapes; lines stay as they are.

    >>> unescape(r"2\. mRSS \> 10 \[units\]")
    '2. mRSS > 10 [units]'
    """
    if "\\" in text or "&" in text:
        text = _ESCAPE.sub(lambda found: found[1] or html.unescape(found[0]), text)
    return plain(text)


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
