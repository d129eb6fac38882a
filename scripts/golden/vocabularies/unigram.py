"""Unigram tokenizers: XLM-RoBERTa's and DeBERTa-v3's, learnt with SentencePiece as the real ones were."""

import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sentencepiece
from tokenizers import Tokenizer
from transformers import DebertaV2TokenizerFast, PreTrainedTokenizerFast, XLMRobertaTokenizerFast

from texts.corpus import LINES

from .normalization_rules import rules_tsv

PIECES = 560


def _train(folder: Path, **special_pieces: Any) -> str:
    rules = folder / "rules.tsv"
    rules.write_text(rules_tsv(), encoding="utf-8")
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(LINES),
        model_writer=model,
        model_type="unigram",
        vocab_size=PIECES,
        # Rare characters stay unknown, as in the real vocabularies.
        character_coverage=0.995,
        normalization_rule_tsv=str(rules),
        num_threads=1,
        minloglevel=2,
        **special_pieces,
    )
    file = folder / "spm.model"
    file.write_bytes(model.getvalue())
    return str(file)


def xlm_roberta() -> PreTrainedTokenizerFast:
    """<s> 0, <pad> 1, </s> 2, <unk> 3, pieces, <mask>."""
    with TemporaryDirectory() as folder:
        return XLMRobertaTokenizerFast(vocab_file=_train(Path(folder)), model_max_length=128)


def xlm_roberta_pad_3() -> PreTrainedTokenizerFast:
    """<s> 0, <unk> 1, </s> 2, <pad> 3, pieces, <mask>; split at white space first, as older converters have it."""
    file: dict[str, Any] = json.loads(xlm_roberta().backend_tokenizer.to_str())
    vocabulary = file["model"]["vocab"]
    vocabulary[1], vocabulary[3] = vocabulary[3], vocabulary[1]
    file["model"]["unk_id"] = 1
    for token in file["added_tokens"]:
        token["id"] = {1: 3, 3: 1}.get(token["id"], token["id"])
    file["added_tokens"].sort(key=lambda token: token["id"])
    file["pre_tokenizer"] = {
        "type": "Sequence",
        "pretokenizers": [{"type": "WhitespaceSplit"}, file["pre_tokenizer"]],
    }
    tokenizer = Tokenizer.from_str(json.dumps(file))
    return XLMRobertaTokenizerFast(tokenizer_object=tokenizer, model_max_length=128)


def deberta_v2() -> PreTrainedTokenizerFast:
    """[PAD] 0, [CLS] 1, [SEP] 2, [UNK] 3, pieces, [MASK]."""
    with TemporaryDirectory() as folder:
        model = _train(
            Path(folder),
            pad_id=0,
            pad_piece="[PAD]",
            bos_id=1,
            bos_piece="[CLS]",
            eos_id=2,
            eos_piece="[SEP]",
            unk_id=3,
            unk_piece="[UNK]",
        )
        return DebertaV2TokenizerFast(vocab_file=model, model_max_length=128)
