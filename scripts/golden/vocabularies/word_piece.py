"""WordPiece tokenizers: BERT's, DistilBERT's and ELECTRA's."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from tokenizers import normalizers, pre_tokenizers
from transformers import (
    BertTokenizerFast,
    DistilBertTokenizerFast,
    ElectraTokenizerFast,
    PreTrainedTokenizerFast,
)

from texts.corpus import LINES

PIECES = 640
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def _words() -> Counter[str]:
    normalizer, splitter = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    return Counter(word for line in LINES for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(line)))


def _vocabulary() -> list[str]:
    """All characters, and the parts of words that save the most pieces; the library's trainer leaves ties to chance."""
    characters: set[str] = set()
    saved: Counter[str] = Counter()
    for word, count in _words().items():
        for start in range(len(word)):
            prefix = "##" if start else ""
            characters.add(prefix + word[start])
            for end in range(start + 2, len(word) + 1):
                saved[prefix + word[start:end]] += count * (end - start - 1)
    parts = sorted(saved, key=lambda part: (-saved[part], part))
    return [*SPECIAL, *sorted(characters), *parts][:PIECES]


def _load(kind: type[PreTrainedTokenizerFast]) -> PreTrainedTokenizerFast:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "vocab.txt"
        file.write_text("".join(f"{piece}\n" for piece in _vocabulary()), encoding="utf-8")
        return kind(vocab_file=str(file), model_max_length=128)


def bert() -> PreTrainedTokenizerFast:
    """Lower case, with token types."""
    return _load(BertTokenizerFast)


def distilbert() -> PreTrainedTokenizerFast:
    """Lower case, without token types."""
    return _load(DistilBertTokenizerFast)


def electra() -> PreTrainedTokenizerFast:
    """Lower case, with token types."""
    return _load(ElectraTokenizerFast)
