"""Logits, in float32 on one thread."""

from collections.abc import Sequence

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from encode import Encoding


def together(model: PreTrainedModel, batch: Encoding | dict[str, list[list[int]]]) -> torch.Tensor:
    """One run over rows of equal length: [rows, labels]."""
    with torch.inference_mode():
        return model(**{name: torch.tensor(rows) for name, rows in batch.items()}).logits


def one_by_one(model: PreTrainedModel, encodings: Sequence[Encoding]) -> torch.Tensor:
    """One run a pair, without padding: [pairs, labels]."""
    return torch.cat([together(model, {name: [row] for name, row in encoding.items()}) for encoding in encodings])


def padded(tokenizer: PreTrainedTokenizerFast, encodings: Sequence[Encoding]) -> dict[str, list[list[int]]]:
    """The pairs as one batch, padded on the right to the longest."""
    columns = {name: [encoding[name] for encoding in encodings] for name in encodings[0]}
    return dict(tokenizer.pad(columns, padding=True))


def spread(logits: torch.Tensor) -> float:
    """Between the lowest and the highest of a label, the least of all labels."""
    return float((logits.max(dim=0).values - logits.min(dim=0).values).min())
