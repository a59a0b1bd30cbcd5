"""Text that came from outside: made so that it can be stored, and so that all of it can be seen."""

import re
import unicodedata

# Letters and signs that show nothing, beside the characters that Unicode itself calls control or format characters.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}


def writable(text: str) -> str:
    """A text with a mark in place of what no file, database or answer can hold: zero bytes and halves of characters."""
    return text.encode(errors="replace").decode().replace("\0", "?")


def visible(text: str) -> str:
    """A text with its invisible characters written out, as in P1[U+200B]: two ids that differ are seen to differ."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"[U+{ord(one):04X}]" if _is_unseen(one) else one for one in text)


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN or _BLANK.match(character) is not None
