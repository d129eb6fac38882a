"""ModernBERT: rotary positions, attention within a window in two layers of three, gated feed-forward."""

from functools import partial
from typing import Any

from transformers import ModernBertConfig, PretrainedConfig, PreTrainedTokenizerFast

from case import Case
from vocabularies import byte_pairs

from .other_versions import as_modernbert_of_transformers_5


def _config(tokenizer: PreTrainedTokenizerFast, **changes: Any) -> PretrainedConfig:
    fields: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "num_hidden_layers": 5,
        "num_attention_heads": 4,
        "intermediate_size": 40,
        "max_position_embeddings": 160,
        "local_attention": 16,
        "global_rope_theta": 160_000.0,
        "local_rope_theta": 10_000.0,
        "pad_token_id": tokenizer.pad_token_id,
        "cls_token_id": tokenizer.cls_token_id,
        "sep_token_id": tokenizer.sep_token_id,
        "bos_token_id": tokenizer.cls_token_id,
        "eos_token_id": tokenizer.sep_token_id,
        "num_labels": 1,
    }
    return ModernBertConfig(**(fields | changes))


_mistakes: dict[str, dict[str, Any]] = {
    "tanh gelu": {"hidden_activation": "gelu_new"},
    "relu in the head": {"classifier_activation": "relu"},
    "a window one wider on each side": {"local_attention": 18},
    "no window": {"local_attention": 1024},
    "all layers global": {"global_attn_every_n_layers": 1},
    "every second layer global": {"global_attn_every_n_layers": 2},
    "the global theta everywhere": {"local_rope_theta": 160_000.0},
    "the local theta everywhere": {"global_rope_theta": 10_000.0},
}

_uncommon: dict[str, Any] = {
    "global_attn_every_n_layers": 2,
    "global_rope_theta": 20_000.0,
    "local_rope_theta": 500.0,
}

CASES = (
    Case(
        name="modernbert",
        about="ModernBertForSequenceClassification: five layers, a window of 16, no biases, CLS pooling",
        tokenizer=byte_pairs.modernbert,
        config=partial(_config, classifier_pooling="cls"),
        seed=301,
        other_configs=_mistakes | {"mean pooling": {"classifier_pooling": "mean"}},
    ),
    Case(
        name="modernbert-mean",
        about="mean pooling as in ModernBERT-base's own config, every bias there can be, an odd window, epsilon 1e-2",
        tokenizer=byte_pairs.modernbert,
        config=partial(
            _config,
            classifier_pooling="mean",
            norm_bias=True,
            attention_bias=True,
            mlp_bias=True,
            classifier_bias=True,
            norm_eps=1e-2,
            num_hidden_layers=4,
            local_attention=13,
        ),
        seed=302,
        other_configs={
            "CLS pooling": {"classifier_pooling": "cls"},
            "small epsilon": {"norm_eps": 1e-5},
            "a window one wider on each side": {"local_attention": 14},
        },
    ),
    Case(
        name="modernbert-transformers-5",
        about="config.json as transformers 5 writes it: layer_types and rope_parameters, none of them the usual ones",
        tokenizer=byte_pairs.modernbert,
        config=partial(_config, num_hidden_layers=3, **_uncommon),
        seed=303,
        other_configs={
            "every third layer global": {"global_attn_every_n_layers": 3},
            "the usual local theta": {"local_rope_theta": 10_000.0},
            "the usual global theta": {"global_rope_theta": 160_000.0},
        },
        finish=as_modernbert_of_transformers_5,
        read_with=_uncommon,
    ),
)
