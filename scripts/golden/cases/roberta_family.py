"""XLM-RoBERTa (the BGE rerankers) and RoBERTa."""

from functools import partial
from typing import Any

import torch
from transformers import PretrainedConfig, PreTrainedTokenizerFast, RobertaConfig, XLMRobertaConfig

from case import Case
from vocabularies import byte_pairs, unigram

TOKENS = 128


def _config(kind: type[PretrainedConfig], tokenizer: PreTrainedTokenizerFast, **changes: Any) -> PretrainedConfig:
    fields: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        # The first token's position is the one behind the padding id.
        "max_position_embeddings": TOKENS + tokenizer.pad_token_id + 1,
        "type_vocab_size": 1,
        "layer_norm_eps": 1e-5,
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "num_labels": 1,
    }
    return kind(**(fields | changes))


_xlm_roberta = partial(_config, XLMRobertaConfig)
_tanh: dict[str, dict[str, Any]] = {"tanh gelu": {"hidden_act": "gelu_new"}}
_positions: dict[str, dict[str, Any]] = {"positions from 1": {"pad_token_id": 0}}

CASES = (
    Case(
        name="xlm-roberta",
        about="XLMRobertaForSequenceClassification, the architecture of the BGE rerankers",
        tokenizer=unigram.xlm_roberta,
        config=_xlm_roberta,
        seed=1101,
        other_configs=_tanh | _positions,
    ),
    Case(
        name="xlm-roberta-gelu-new",
        about="gelu by tanh, padding id 3 (positions start at 4), a layer-norm epsilon that shows, heads of 12",
        tokenizer=unigram.xlm_roberta_pad_3,
        config=partial(
            _xlm_roberta,
            hidden_act="gelu_new",
            layer_norm_eps=1e-2,
            hidden_size=48,
            intermediate_size=56,
        ),
        seed=102,
        other_configs=_positions | {"erf gelu": {"hidden_act": "gelu"}, "small epsilon": {"layer_norm_eps": 1e-5}},
    ),
    Case(
        name="xlm-roberta-sharded",
        about="model.safetensors.index.json and several files; three layers",
        tokenizer=unigram.xlm_roberta,
        config=partial(_xlm_roberta, num_hidden_layers=3),
        seed=103,
        other_configs=_tanh,
        shard_size="80KB",
    ),
    Case(
        name="xlm-roberta-fp16",
        about="weights stored as float16; the logits are those of the weights widened to float32",
        tokenizer=unigram.xlm_roberta,
        config=_xlm_roberta,
        seed=104,
        other_configs=_tanh,
        dtype=torch.float16,
    ),
    Case(
        name="xlm-roberta-bf16",
        about="weights stored as bfloat16; the logits are those of the weights widened to float32",
        tokenizer=unigram.xlm_roberta,
        config=_xlm_roberta,
        seed=105,
        other_configs=_tanh,
        dtype=torch.bfloat16,
    ),
    Case(
        name="roberta",
        about="RobertaForSequenceClassification with a byte-level vocabulary; three layers",
        tokenizer=byte_pairs.roberta,
        config=partial(_config, RobertaConfig, num_hidden_layers=3),
        seed=106,
        other_configs=_tanh | _positions,
    ),
)
