"""Random weights under which every tensor and every detail of the network shows in the logits."""

import math

import torch
from torch import nn

NORM_SPREAD = 0.25
BIAS_SPREAD = 0.2
EMBEDDING_SPREAD = 0.6
LINEAR_GAIN = 1.6
"""Times 1/sqrt(inputs): large enough for attention that looks at few tokens and activations in their curved part."""
OUTPUT_GAIN = 3.0
"""For the last layer, so that the logits lie well apart."""


def fill(model: nn.Module, seed: int) -> None:
    """Overwrites every parameter, rows for padding included, the same way whatever made them before."""
    generator = torch.Generator().manual_seed(seed)
    parameters = dict(model.named_parameters())
    last = [name for name in parameters if name.endswith("weight")][-1]
    with torch.no_grad():
        for name, parameter in parameters.items():
            noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float32)
            parameter.copy_(_scaled(name, noise, OUTPUT_GAIN if name == last else LINEAR_GAIN))


def _scaled(name: str, noise: torch.Tensor, gain: float) -> torch.Tensor:
    if noise.dim() == 1:
        return noise * BIAS_SPREAD if name.endswith("bias") else 1 + noise * NORM_SPREAD
    if "embeddings." in name and "project" not in name:
        return noise * EMBEDDING_SPREAD
    inputs = math.prod(noise.shape[1:])
    return noise * (gain / math.sqrt(inputs))
