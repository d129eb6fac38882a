"""What older and newer versions write."""

import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file


def as_cross_encoder_2021(folder: Path) -> None:
    """As the ms-marco cross-encoders are: with the buffer of positions that transformers saved before 4.31, and with
    the field in which sentence-transformers before 4 kept the activation of its scores."""
    config_file, weights_file = folder / "config.json", folder / "model.safetensors"
    config = json.loads(config_file.read_text(encoding="utf-8"))
    config["sbert_ce_default_activation_function"] = "torch.nn.modules.linear.Identity"
    config["gradient_checkpointing"] = False
    config_file.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    with safe_open(weights_file, framework="pt") as weights:
        metadata = weights.metadata()
        tensors = {name: weights.get_tensor(name) for name in weights.keys()}  # noqa: SIM118 - not a mapping
    positions = torch.arange(config["max_position_embeddings"]).unsqueeze(0)
    save_file(tensors | {"bert.embeddings.position_ids": positions}, weights_file, metadata=metadata)


def as_modernbert_of_transformers_5(folder: Path) -> None:
    """transformers 5 names the kind of each layer and files the rotary bases by kind; the tensors keep their names."""
    file = folder / "config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    every = config.pop("global_attn_every_n_layers")
    bases = {
        "full_attention": config.pop("global_rope_theta"),
        "sliding_attention": config.pop("local_rope_theta"),
    }
    config["layer_types"] = [
        "sliding_attention" if layer % every else "full_attention" for layer in range(config["num_hidden_layers"])
    ]
    config["rope_parameters"] = {kind: {"rope_theta": base, "rope_type": "default"} for kind, base in bases.items()}
    config["tie_word_embeddings"] = True
    config["transformers_version"] = "5.23.0"
    file.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
