"""Byte-level BPE tokenizers: RoBERTa's and ModernBERT's."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast, RobertaTokenizerFast

from texts.corpus import LINES

ROBERTA_FIRST = ["<s>", "<pad>", "</s>", "<unk>"]
MODERNBERT_LAST = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"]


def _train(size: int, special: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=special,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(LINES, trainer)
    return tokenizer


def roberta() -> PreTrainedTokenizerFast:
    """<s> 0, <pad> 1, </s> 2, <unk> 3, bytes, merges, <mask>."""
    model: dict[str, Any] = json.loads(_train(520, ROBERTA_FIRST).to_str())["model"]
    with TemporaryDirectory() as folder:
        vocabulary, merges = Path(folder) / "vocab.json", Path(folder) / "merges.txt"
        vocabulary.write_text(json.dumps(model["vocab"] | {"<mask>": len(model["vocab"])}), encoding="utf-8")
        lines = ["#version: 0.2", *(" ".join(pair) for pair in model["merges"])]
        merges.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return RobertaTokenizerFast(vocab_file=str(vocabulary), merges_file=str(merges), model_max_length=128)


def modernbert() -> PreTrainedTokenizerFast:
    """Bytes, merges, then [UNK] [CLS] [SEP] [PAD] [MASK], with the pipeline of ModernBERT's own tokenizer.json."""
    tokenizer = _train(512, [])
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(text, lstrip=text == "[MASK]") for text in MODERNBERT_LAST])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0",
        pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[(text, tokenizer.token_to_id(text)) for text in ("[CLS]", "[SEP]")],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        pad_token="[PAD]",
        mask_token="[MASK]",
        model_max_length=128,
        model_input_names=["input_ids", "attention_mask"],
    )
