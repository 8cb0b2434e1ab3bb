"""Whether a telephone number or an e-mail address stands in the words of a page, however it is written there. Pure."""

import re

BETWEEN = r"[\s ().\-‐-―/]*"
"""What people put between the digits of a number."""


def stands_in(value: str, text: str) -> bool:
    """Look for a number or an e-mail address. A number is found in any spacing, and with +44 in place of its first 0."""
    if "@" in value:
        return value.casefold() in text.casefold()
    digits = re.sub(r"\D", "", value)
    if value.strip().startswith("+44"):
        digits = "0" + digits[2:]
    spaced = BETWEEN.join(digits)
    if digits.startswith("0"):
        abroad = BETWEEN.join(["44", "0?", *digits[1:]])
        spaced = rf"(?:{spaced}|\+?(?:00)?{abroad})"
    return re.search(rf"(?<!\d){spaced}(?!\d)", text) is not None
