"""Computes what expected.json says of one checkpoint."""

import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy
import safetensors
import tokenizers
import torch
import transformers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from case import Case
from encode import Encoding, by_flag_embedding, full_length, plain_difference
from score import one_by_one, padded, spread, together
from sensitivity import CLEAR_EFFECT, effects_of_configs, effects_of_inputs, load, tensors_without_effect
from texts.pairs import BATCH, PAIRS, Pair

LEAST_SPREAD = 1.0
PADDING_TOLERANCE = 3e-6
"""Of the spread: what another order of summation may change."""


@dataclass(frozen=True)
class EncodedPair:
    """A pair with the limit that its rule gives for this tokenizer."""

    pair: Pair
    limit: int
    encoding: Encoding


def golden(case: Case, folder: Path) -> dict[str, Any]:
    """Everything is read back from the folder, so that the numbers belong to what it holds."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = load(folder, **case.read_with)
    encoded = [_encode(tokenizer, pair) for pair in PAIRS]
    logits = one_by_one(model, [each.encoding for each in encoded])
    in_batch = [index for index, pair in enumerate(PAIRS) if pair.name in BATCH]
    batch = padded(tokenizer, [encoded[index].encoding for index in in_batch])
    batch_logits = together(model, batch)
    _expect(spread(logits) >= LEAST_SPREAD, case, f"logits lie within {spread(logits)}")
    padding_effect = float((batch_logits - logits[in_batch]).abs().max()) / spread(logits)
    _expect(padding_effect <= PADDING_TOLERANCE, case, f"padding moves logits by {padding_effect} of their spread")
    everything = padded(tokenizer, [each.encoding for each in encoded])
    effects = effects_of_inputs(model, everything)
    others = {label: {**case.read_with, **changes} for label, changes in case.other_configs.items()}
    effects |= effects_of_configs(folder, model, everything, others)
    unclear = {label: effect for label, effect in effects.items() if effect < CLEAR_EFFECT}
    _expect(not unclear, case, f"these would pass unnoticed: {unclear}")
    return {
        "case": case.name,
        "about": case.about,
        "optional": case.optional,
        "versions": _versions(),
        "seed": case.seed,
        "logitSpread": _short(spread(logits)),
        "positiveLabel": case.positive_label,
        "tensorsWithoutEffect": tensors_without_effect(model, everything),
        "effects": {label: float(f"{effect:.2g}") for label, effect in effects.items()},
        "pairs": [_row(tokenizer, each, row, case.positive_label) for each, row in zip(encoded, logits, strict=True)],
        "batch": {"pairs": in_batch, **batch, "logits": [_shorts(row) for row in batch_logits]},
    }


def _encode(tokenizer: PreTrainedTokenizerFast, pair: Pair) -> EncodedPair:
    limit = pair.limit
    if pair.from_full_length is not None:
        limit = full_length(tokenizer, pair.query, pair.document) + pair.from_full_length
    return EncodedPair(pair, limit, by_flag_embedding(tokenizer, pair.query, pair.document, limit))


def _row(
    tokenizer: PreTrainedTokenizerFast, each: EncodedPair, logits: torch.Tensor, positive_label: int | None
) -> dict[str, Any]:
    pair, ids = each.pair, each.encoding["input_ids"]
    plain = plain_difference(tokenizer, pair.query, pair.document, each.limit, ids)
    row: dict[str, Any] = {
        "name": pair.name,
        "query": pair.query,
        "document": pair.document,
        "maxLength": each.limit,
        **each.encoding,
        "logits": _shorts(logits),
    }
    if positive_label is not None:
        row["score"] = _short(float(torch.softmax(logits, dim=-1)[positive_label]))
    if plain is not None:
        row["plain"] = asdict(plain)
    return row


def _versions() -> dict[str, str]:
    libraries = (torch, transformers, tokenizers, safetensors)
    return {"python": platform.python_version()} | {each.__name__: each.__version__ for each in libraries}


def _shorts(row: torch.Tensor) -> list[float]:
    return [_short(value) for value in row.tolist()]


def _short(value: float) -> float:
    """The shortest decimal that rounds to the same float32."""
    return float(str(numpy.float32(value)))


def _expect(holds: bool, case: Case, complaint: str) -> None:
    if not holds:
        raise AssertionError(f"{case.name}: {complaint}")
