"""The text of one file that an author wrote, if it is text at all. Knows neither YAML nor Markdown."""

import re
from pathlib import Path

LARGEST = 1_000_000
"""Bytes of one file; the longest that was ever written has a tenth of that."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Characters that nobody means and that feeds and Word files cannot hold."""


def text_of(path: Path) -> str:
    """The whole text. Raises ValueError, in the words of an author, for what cannot be read as one."""
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"the file is larger than {LARGEST:,} bytes; make it several")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"the file cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"the file is not UTF-8 text: {error.reason} at byte {error.start}") from error
    if found := CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise ValueError(f"line {line} holds a control character (U+{ord(found[0]):04X}); delete it")
    return text
