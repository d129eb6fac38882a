"""Character rules for SentencePiece: a small part of NFKC and of its white-space rules, so that the map stays small."""

import unicodedata

SPACES = "\t\n\r\u00a0\u2003\u2028\u3000"
DROPPED = "\u0007\u00ad\u200b\u200e\ufeff"
FULL_WIDTH = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
HALF_WIDTH_KANA = "ｱｲｳﾀﾝﾊ"
COMPATIBILITY = "ﬁﬃ½①②③™㎏Ⅳ…"
COMPOSED = "éïÅöệạñüäçàùèôâ"


def rules_tsv() -> str:
    """In SentencePiece's format: source code points, a tab, target code points, all in hexadecimal."""
    rules = dict.fromkeys(SPACES, " ") | dict.fromkeys(DROPPED, "")
    rules |= {char: unicodedata.normalize("NFKC", char) for char in FULL_WIDTH + HALF_WIDTH_KANA + COMPATIBILITY}
    rules |= {unicodedata.normalize("NFD", char): char for char in COMPOSED}
    return "".join(f"{_hex(source)}\t{_hex(target)}\n" for source, target in sorted(rules.items()))


def _hex(text: str) -> str:
    return " ".join(f"{ord(char):X}" for char in text)
