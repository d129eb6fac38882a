"""Checks that a fixture would notice mistakes: that what a builder may get wrong shows in the logits."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForSequenceClassification, PreTrainedModel

from score import spread, together

Batch = dict[str, list[list[int]]]

NUDGE = 0.1
"""Standard deviation of what is added to a tensor to see whether it matters."""
NO_EFFECT = 1e-5
"""Times the spread of the logits: below, a tensor only changes how sums are rounded."""
CLEAR_EFFECT = 3e-4
"""Three times what a test may tolerate; the two forms of gelu are never much further apart."""


def tensors_without_effect(model: PreTrainedModel, batch: Batch) -> list[str]:
    """Names of the parameters that change no logit."""
    before = together(model, batch)
    without = []
    generator = torch.Generator().manual_seed(0)
    for name, parameter in model.named_parameters():
        original = parameter.detach().clone()
        with torch.no_grad():
            parameter.add_(torch.randn(original.shape, generator=generator) * NUDGE)
        change = _change(before, together(model, batch))
        with torch.no_grad():
            parameter.copy_(original)
        if change < NO_EFFECT:
            without.append(name)
    return without


def effects_of_configs(
    folder: Path, model: PreTrainedModel, batch: Batch, others: Mapping[str, Mapping[str, Any]]
) -> dict[str, float]:
    """How far each other configuration moves the logits, as a part of their spread."""
    before = together(model, batch)
    return {label: _change(before, together(load(folder, **changes), batch)) for label, changes in others.items()}


def effects_of_inputs(model: PreTrainedModel, batch: Batch) -> dict[str, float]:
    """How far the logits move without the mask, and without the token types if there are any."""
    before = together(model, batch)
    constants = {"attention_mask": 1, "token_type_ids": 0}
    return {
        f"{name} all {value}": _change(before, together(model, {**batch, name: _constant(batch[name], value)}))
        for name, value in constants.items()
        if name in batch and (name == "attention_mask" or _takes_types(model))
    }


def load(folder: Path, **changes: Any) -> PreTrainedModel:
    """The checkpoint, widened to float32, with some fields of its config.json changed."""
    return AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32, **changes).eval()


def _takes_types(model: PreTrainedModel) -> bool:
    return getattr(model.config, "type_vocab_size", 0) > 1


def _constant(rows: list[list[int]], value: int) -> list[list[int]]:
    return [[value] * len(row) for row in rows]


def _change(before: torch.Tensor, after: torch.Tensor) -> float:
    return float((after - before).abs().max()) / spread(before)
