"""DeBERTa-v2 and v3: attention by content and by relative position."""

from functools import partial
from typing import Any

from transformers import DebertaV2Config, PretrainedConfig, PreTrainedTokenizerFast

from case import Case
from vocabularies import unigram

TOKENS = 130
"""No power of two: a distance that falls exactly between two of the logarithmic buckets would hang on rounding."""


def _config(tokenizer: PreTrainedTokenizerFast, **changes: Any) -> PretrainedConfig:
    fields: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "max_position_embeddings": TOKENS,
        "type_vocab_size": 0,
        "relative_attention": True,
        "position_buckets": 8,
        "max_relative_positions": -1,
        "pos_att_type": ["p2c", "c2p"],
        "share_att_key": True,
        "norm_rel_ebd": "layer_norm",
        "position_biased_input": False,
        "pad_token_id": tokenizer.pad_token_id,
        "pooler_hidden_size": 32,
        "pooler_hidden_act": "gelu",
        "num_labels": 1,
    }
    return DebertaV2Config(**(fields | changes))


_mistakes: dict[str, dict[str, Any]] = {
    "tanh gelu": {"hidden_act": "gelu_new"},
    "tanh in the pooler": {"pooler_hidden_act": "tanh"},
    "other buckets": {"max_relative_positions": 512},
    "only content to position": {"pos_att_type": ["c2p"]},
    "only position to content": {"pos_att_type": ["p2c"]},
    "relative embeddings without a norm": {"norm_rel_ebd": "none"},
}

CASES = (
    Case(
        name="deberta-v2",
        about="DebertaV2ForSequenceClassification as DeBERTa-v3 has it (mxbai-rerank v1), with 8 buckets of distances",
        tokenizer=unigram.deberta_v2,
        config=_config,
        seed=1401,
        other_configs=_mistakes,
    ),
    Case(
        name="deberta-v2-conv",
        about="a convolution beside the first layer (as deberta-v2-xlarge has), token types, epsilon 1e-2",
        tokenizer=unigram.deberta_v2,
        config=partial(
            _config,
            conv_kernel_size=3,
            conv_act="gelu",
            type_vocab_size=2,
            layer_norm_eps=1e-2,
        ),
        seed=402,
        other_configs={
            "no convolution": {"conv_kernel_size": 0},
            "tanh after the convolution": {"conv_act": "tanh"},
            "small epsilon": {"layer_norm_eps": 1e-7},
        },
        optional=True,
    ),
)
