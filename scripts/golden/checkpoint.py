"""Writes a checkpoint's folder as transformers does."""

from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification, PreTrainedTokenizerFast

from case import Case
from weights import fill


def write_checkpoint(case: Case, folder: Path) -> PreTrainedTokenizerFast:
    """config.json, the weights and the tokenizer's files. Returns the tokenizer."""
    tokenizer = case.tokenizer()
    config = case.config(tokenizer)
    model = AutoModelForSequenceClassification.from_config(config, dtype=torch.float32)
    fill(model, case.seed)
    model.to(case.dtype)
    sharding = {} if case.shard_size is None else {"max_shard_size": case.shard_size}
    model.save_pretrained(folder, **sharding)
    tokenizer.save_pretrained(folder, legacy_format=False)
    if case.finish is not None:
        case.finish(folder)
    return tokenizer
