"""What one fixture is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from transformers import PretrainedConfig, PreTrainedTokenizerFast


@dataclass(frozen=True)
class Case:
    """One checkpoint of one architecture."""

    name: str
    """The folder."""
    about: str
    """What this one has that the others don't."""
    tokenizer: Callable[[], PreTrainedTokenizerFast]
    config: Callable[[PreTrainedTokenizerFast], PretrainedConfig]
    seed: int
    other_configs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Configurations that must give other numbers with the same weights, or a mistake would pass unnoticed."""
    dtype: torch.dtype = torch.float32
    """How the weights are stored."""
    shard_size: str | None = None
    """The weights are spread over files of this size."""
    positive_label: int | None = None
    """The class whose probability is the score, where there are several."""
    finish: Callable[[Path], None] | None = None
    """Changes the written folder into what another version would have written."""
    read_with: Mapping[str, Any] = field(default_factory=dict)
    """Fields of config.json that this version of transformers does not find under the names that `finish` gave them."""
    optional: bool = False
    """No well-known reranker looks like this."""
