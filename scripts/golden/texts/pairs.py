"""The (query, document) pairs that every checkpoint is asked about."""

import unicodedata
from dataclasses import dataclass

from .long_texts import CHINESE_STORY, ENGLISH_STORY, LONG_QUESTION, LONG_WORD, MANY_SPACES


@dataclass(frozen=True)
class Pair:
    """Two texts, and how many tokens the pair may have, special tokens included."""

    name: str
    query: str
    document: str
    limit: int = 64
    """Tokens, unless `from_full_length` says it."""
    from_full_length: int | None = None
    """The limit is this much more than the whole pair's tokens."""


ACCENTS = "Le café naïve où l’été dura – Ångström, Việt Nam, mañana, Straße"

PAIRS: tuple[Pair, ...] = (
    Pair("a short pair that fits", "what does the panda eat?", "The giant panda eats bamboo in the mountains."),
    Pair("a short pair that does not", "what does the panda eat?", "The train to the coast leaves at seven."),
    Pair("two single words", "panda", "bear"),
    Pair("the same text twice", "Water boils at one hundred degrees.", "Water boils at one hundred degrees."),
    Pair("a document beyond the limit", "why does the moon have phases?", ENGLISH_STORY),
    Pair("a query beyond three quarters of the limit", LONG_QUESTION, "A cache keeps what was asked for."),
    Pair(
        "a query beyond three quarters of a limit that it would fit",
        "Is it possible to say how long a request waits, how long it runs and how often it fails every day?",
        "The red panda climbs trees.",
        from_full_length=-1,
    ),
    Pair("query and document beyond the limit", LONG_QUESTION, ENGLISH_STORY, limit=96),
    Pair("query and document beyond the model's own limit", LONG_QUESTION * 2, ENGLISH_STORY * 2, limit=128),
    Pair("a long document within the model's own limit", "the letter", ENGLISH_STORY, limit=128),
    Pair("one token beyond the limit", "how is bread made?", "Bread is made of flour.", from_full_length=-1),
    Pair("exactly at the limit", "how is bread made?", "Bread is made of flour.", from_full_length=0),
    Pair("room for one token of the document", "panda", "The red panda climbs.", limit=12),
    Pair("an empty document", "what is the capital of France?", ""),
    Pair("an empty query", "", "Paris is the capital of France."),
    Pair("only emoji", "😀🎉", "🐼🚀 ❤️ 👍"),
    Pair("emoji joined and modified", "👩‍👧 family", "👨‍👩‍👧‍👦 👍🏽 🏳️‍🌈 🇩🇪 1️⃣ 🐼‍"),
    Pair("Chinese", "大熊猫吃什么？", "大熊猫主要吃竹子，生活在中国中部的山里。"),
    Pair("Chinese beyond the limit", "北京在哪里", CHINESE_STORY),
    Pair("Japanese", "東京はどこですか。", "東京は日本の首都です。とても大きい町です。"),
    Pair("Japanese half-width and voiced marks", "パンダ ﾊﾟﾝﾀﾞ", "ハ゜ンタ゛は竹をたべます。ガギグ"),
    Pair("Russian", "где живёт панда", "Большая панда живёт в горах и ест бамбук."),
    Pair("Arabic with vowel marks", "ما هي عاصمة مصر؟", "القَاهِرَةُ هِيَ عاصمة مصر وأكبر مدينة."),
    Pair("German", "Wie ist die Straße zur Brücke?", "Die STRASSE führt über die Brücke; Äpfel, Öl, Übung."),
    Pair("scripts mixed", "panda 大熊猫 панда", "The panda (パンダ, الباندا, Панда) eats 竹子 🐼 every day."),
    Pair(
        "code",
        "for loop in python",
        "for i in range(10):\n    if x[i] >= 0: total += x[i] * 2  # ok\n\treturn {'a': None}",
    ),
    Pair("white space of all kinds", "  what\tis \n\n this  ", "\r\n a\u00a0b\u3000c\u2003d  e\t\tf \n\n\n g  "),
    Pair("a document of white space", "is it empty?", " \n\t  \u3000 "),
    Pair("a run of spaces", "the old town", MANY_SPACES, limit=32),
    Pair("accents composed", "café", unicodedata.normalize("NFC", ACCENTS)),
    Pair("accents decomposed", "cafe\u0301", unicodedata.normalize("NFD", ACCENTS)),
    Pair("one very long word", "protein", f"{LONG_WORD} is a word"),
    Pair("RoBERTa's special tokens spelled out", "what is </s>?", "a <s> b </s> c <mask> d <unk>e"),
    Pair("BERT's special tokens spelled out", "what is [SEP]?", "a [CLS] b [SEP] c [MASK] d [UNK]e"),
    Pair("only a special token", "</s>", "[SEP]"),
    Pair("padding spelled out", "a <pad> b", "<pad> c [PAD] d <pad><pad> e"),
    Pair("numbers and signs", "3.14 + 2 = ?", "$1,234.56 – 50% of (2 * 10^3) … “quoted” & 'so' #1 @home !!!"),
    Pair("compatibility characters", "ＡＢＣ ﬁｎｄ", "①②③ ½ ™ ㎏ Ⅳ ﬃ ｱｲｳ １２３"),
    Pair("scripts outside the vocabulary", "ภาษาไทย", "हिन्दी ქართული 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈 ᚠᚢᚦ"),
    Pair(
        "characters without width",
        "zero\u200bwidth",
        "soft\u00adhyphen \ufeffmark \u200e\u0007bell\u0000 end\u2028line",
    ),
)

BATCH: tuple[str, ...] = (
    "a short pair that fits",
    "two single words",
    "a document beyond the limit",
    "query and document beyond the limit",
    "an empty document",
    "Chinese",
    "padding spelled out",
    "scripts mixed",
)
"""The pairs that are run once more together, padded to the longest."""
