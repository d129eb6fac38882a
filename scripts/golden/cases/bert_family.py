"""BERT, DistilBERT and ELECTRA."""

from functools import partial
from typing import Any

from transformers import (
    BertConfig,
    DistilBertConfig,
    ElectraConfig,
    PretrainedConfig,
    PreTrainedTokenizerFast,
)

from case import Case
from vocabularies import word_piece

from .other_versions import as_cross_encoder_2021

TOKENS = 128


def _bert(
    tokenizer: PreTrainedTokenizerFast, kind: type[PretrainedConfig] = BertConfig, **changes: Any
) -> PretrainedConfig:
    fields: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "max_position_embeddings": TOKENS,
        "type_vocab_size": 2,
        "pad_token_id": tokenizer.pad_token_id,
        "num_labels": 1,
    }
    return kind(**(fields | changes))


def _distilbert(tokenizer: PreTrainedTokenizerFast) -> PretrainedConfig:
    return DistilBertConfig(
        vocab_size=len(tokenizer),
        dim=32,
        hidden_dim=64,
        n_layers=2,
        n_heads=4,
        max_position_embeddings=TOKENS,
        pad_token_id=tokenizer.pad_token_id,
        num_labels=1,
    )


_tanh = {"tanh gelu": {"hidden_act": "gelu_new"}}
_relevance: dict[str, Any] = {
    "id2label": {0: "not_relevant", 1: "relevant"},
    "label2id": {"not_relevant": 0, "relevant": 1},
}

CASES = (
    Case(
        name="bert",
        about="BertForSequenceClassification with token types",
        tokenizer=word_piece.bert,
        config=_bert,
        seed=3201,
        other_configs=_tanh,
    ),
    Case(
        name="bert-cross-encoder",
        about="as the ms-marco cross-encoders were saved: a position_ids tensor too; relu; epsilon 1e-2",
        tokenizer=word_piece.bert,
        config=partial(_bert, hidden_act="relu", layer_norm_eps=1e-2),
        seed=202,
        other_configs={"gelu": {"hidden_act": "gelu"}, "small epsilon": {"layer_norm_eps": 1e-12}},
        finish=as_cross_encoder_2021,
    ),
    Case(
        name="bert-two-labels",
        about="two labels; the score is the softmax of 'relevant'",
        tokenizer=word_piece.bert,
        config=partial(_bert, num_labels=2, **_relevance),
        seed=203,
        other_configs=_tanh,
        positive_label=1,
    ),
    Case(
        name="distilbert",
        about="DistilBertForSequenceClassification: no token types, a linear layer and relu before the classifier",
        tokenizer=word_piece.distilbert,
        config=_distilbert,
        seed=2204,
        other_configs={"tanh gelu": {"activation": "gelu_new"}},
    ),
    Case(
        name="electra",
        about="ElectraForSequenceClassification: embeddings of 24 projected to 32, a head with gelu",
        tokenizer=word_piece.electra,
        config=partial(_bert, kind=ElectraConfig, embedding_size=24),
        seed=205,
        other_configs=_tanh,
    ),
)
