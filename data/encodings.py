"""Which encoding the text of a file is in that is not UTF-8: by words that are known, else by what reads like text."""

import codecs
import re
from functools import cache

from data import contract

# The letters beside a to z of the languages that an encoding is used for. What no one language has all of was written
# in something else: ø and á in one file are no Danish, but Czech ř and á in another encoding.
_LATIN = {
    "cp1252": (
        *("áéíóúüñ¡¿ªº", "àâæçèéêëîïôœùûüÿ", "äöüß", "áâãàçéêíóôõúüªº", "æøåéèêóöäü", "àèéìòù", "áéèëêïíóöúü"),
        "àçèéíïòóúü·",
    ),
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "čćđšž", "áéíóöőúüű", "ăâîşţ", "äöüß"),
}
_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўјљњћџђ№"
_PUNCTUATION = "‘’“”„–—…€°²³µ½¼¾×±·•«»§©®™£¿¡\u00a0"
_VOWELS = "aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿąęěůőűă"
# Where a vowel of Western Europe stands only at the end of words, or before certain letters, its neighbour in Eastern
# Europe does not: Kamiñski is Kamiński, Nìmec is Němec, and œwie is świe.
_ODD = re.compile(
    r"ñ(?![aeiouáéíóú])|[ìò](?=\w)|ù(?=\w)|œ(?![ueisdl])|æ(?=w)"
    r"|[¹²³£¥¯¼¾±¸×÷º](?=[^\W\d_])|(?<=[^\W\d_m])[¹²³]|(?<=[^\W\d_])¿",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_EAST_ASIAN = "[\u3000-\u9fff\uac00-\ud7af\uf900-\uffef]"
_KOREAN_SYMBOLS = _PUNCTUATION + "ㆍㅠㅜㅋㅎ～（）％℃→①②③④⑤△○◎×"
# In this order where two read equally well.
CANDIDATES = ("cp1252", "cp1250", "cp949", "cp1251", "shift_jis")
MOST_ODD = 0.75
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))


def by_known_words(sample: bytes) -> str | None:
    """The encoding in which a cell is a name or word of the contract that is not ASCII; CP949 before the others."""
    for encoding in ("cp949", "shift_jis", "cp1252", "cp1250", "cp1251"):
        text = _decoded(sample, encoding)
        cells = re.split(r"[,;\t|\"\r\n]+", text) if text else []
        if any(not cell.isascii() and contract.bare_header(cell) in _known() for cell in cells):
            return encoding
    return None


def _decoded(sample: bytes, encoding: str) -> str | None:
    """The text of a sample, whose last letter may be cut, or None where it is not in this encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return None


@cache
def _known() -> frozenset[str]:
    """Bare names and words of the contract that are longer than one letter and not ASCII."""
    names = contract.known_names()
    words = {contract.bare(word) for kind in ("exercise", "side", "yes_no") for word in contract.words(kind)}
    return frozenset(name for name in names | words if len(name) > 1 and not name.isascii())


def by_plausibility(sample: bytes) -> str | None:
    """The encoding in which the fewest characters are odd, or None where many are in each, or it is no text."""
    if len(sample.translate(None, _CONTROLS)) < len(sample) * 0.99:
        return None
    oddness = {encoding: _oddness(sample, encoding) for encoding in CANDIDATES}
    best = min(CANDIDATES, key=lambda encoding: oddness[encoding])
    return best if oddness[best] <= MOST_ODD else None


def _oddness(sample: bytes, encoding: str) -> float:
    """The share of the characters beside ASCII that nobody writes so; infinite where the bytes are no such text."""
    text = _decoded(sample, encoding)
    if text is None:
        return float("inf")
    strange = [character for character in text if not character.isascii()]
    odd = (
        _odd_east_asian if encoding in ("cp949", "shift_jis") else _odd_cyrillic if encoding == "cp1251" else _odd_latin
    )
    return odd(text, encoding) / max(1, len(strange))


def _odd_latin(text: str, encoding: str) -> float:
    """Letters that no one language has all of, symbols inside words, vowels beside vowels, words of accents alone."""
    lower = text.lower()
    letters = {character for character in lower if not character.isascii() and character.isalpha()}
    foreign = min((letters - set(alphabet) for alphabet in _LATIN[encoding]), key=len)
    symbols = [c for c in text if not (c.isascii() or c.isalpha() or c in _PUNCTUATION)]
    unclosed = max(0, text.count("¿") - text.count("?")) + max(0, text.count("¡") - text.count("!"))
    return (
        sum(map(lower.count, foreign))
        + len(symbols)
        + unclosed
        + len(_ODD.findall(text))
        + sum(map(_clashes, _WORD.findall(lower)))
    )


def _clashes(word: str) -> float:
    """A quarter for each neighbour of an accented letter that is a vowel like it, or a consonant like it.

    Of a word of accented letters alone, each of them.
    """
    marked = [at for at, letter in enumerate(word) if not letter.isascii()]
    if len(marked) == len(word) > 1:
        return len(word)
    return sum(
        0.25
        for at in marked
        for other in (at - 1, at + 1)
        if 0 <= other < len(word) and _is_vowel(word[at]) == _is_vowel(word[other])
    )


def _is_vowel(letter: str) -> bool:
    return letter in _VOWELS


def _odd_cyrillic(text: str, _: str) -> float:
    """Letters in a word that has Latin ones too, and what is no letter of the languages that are written so."""
    mixed = sum(len(re.findall("[Ѐ-ӿ]", word)) for word in _WORD.findall(text) if re.search("[a-z]", word, re.I))
    return mixed + sum(not c.isascii() and c.lower() not in _CYRILLIC + _PUNCTUATION for c in text)


def _odd_east_asian(text: str, encoding: str) -> float:
    """Letters beside a small Latin one; rare syllables and Chinese letters in Korean; half-width ones in Japanese."""
    mixed = len(re.findall(rf"(?<=[a-z]){_EAST_ASIAN}|{_EAST_ASIAN}(?=[a-z])", text))
    if encoding == "shift_jis":
        lone = re.findall(rf"(?<=[A-Z]){_EAST_ASIAN}(?!{_EAST_ASIAN})|(?<!{_EAST_ASIAN}){_EAST_ASIAN}(?=[A-Z])", text)
        return mixed + len(lone) / 2 + len(re.findall("[\uff61-\uff9f]", text))
    return mixed + sum(not (c.isascii() or _is_common_korean(c)) for c in text)


def _is_common_korean(character: str) -> bool:
    """Whether it is one of the 2,350 syllables that nearly all text is written with, or a symbol beside them."""
    is_syllable = "\uac00" <= character <= "\ud7af"
    return len(character.encode("euc_kr", errors="ignore")) == 2 if is_syllable else character in _KOREAN_SYMBOLS
