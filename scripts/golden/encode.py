"""Token ids of a pair, as FlagEmbedding makes them.

FlagEmbedding (inference/reranker/encoder_only/base.py, `compute_score_single_gpu`) cuts the query to three quarters of
the length and the document to the length, both without special tokens, and has `prepare_for_model` join them, which
takes what is still too much from the document. transformers 5 has no `prepare_for_model` for fast tokenizers any more.
"""

from dataclasses import dataclass
from typing import Any

from transformers import BatchEncoding, PreTrainedTokenizerBase, PreTrainedTokenizerFast

Encoding = dict[str, list[int]]


@dataclass(frozen=True)
class PlainDifference:
    """What the tokenizer gives for the pair in one call, where that is something else."""

    input_ids: list[int] | None
    error: str | None


def by_flag_embedding(tokenizer: PreTrainedTokenizerFast, query: str, document: str, limit: int) -> Encoding:
    """input_ids, attention_mask and, if this tokenizer has them, token_type_ids."""
    query_limit = limit * 3 // 4
    by_post_processor = _joined_by_post_processor(tokenizer, query, document, query_limit, limit)
    if not _knows_its_special_tokens(tokenizer):
        return by_post_processor
    ids = [
        tokenizer(text, add_special_tokens=False, truncation=True, max_length=length)["input_ids"]
        for text, length in ((query, query_limit), (document, limit))
    ]
    joined = _lists(tokenizer.prepare_for_model(*ids, truncation="only_second", max_length=limit, padding=False))
    if joined != by_post_processor:
        raise AssertionError(f"prepare_for_model and the post-processor differ for {query!r} and {document!r}")
    return joined


def plain_difference(
    tokenizer: PreTrainedTokenizerFast, query: str, document: str, limit: int, expected: list[int]
) -> PlainDifference | None:
    """What `tokenizer(query, document, truncation='only_second')` makes of a pair, where that is not `expected`."""
    try:
        ids = tokenizer(query, document, truncation="only_second", max_length=limit)["input_ids"]
    except Exception as error:  # The library panics or raises, by the kind of text.
        return PlainDifference(None, str(error))
    return None if ids == expected else PlainDifference(ids, None)


def full_length(tokenizer: PreTrainedTokenizerFast, query: str, document: str) -> int:
    """Tokens of the whole pair, special tokens included."""
    return len(tokenizer(query, document)["input_ids"])


def _knows_its_special_tokens(tokenizer: PreTrainedTokenizerFast) -> bool:
    """Not so for tokenizers without a class of their own (ModernBERT's): `prepare_for_model` adds none for them."""
    own = type(tokenizer).build_inputs_with_special_tokens
    return own is not PreTrainedTokenizerBase.build_inputs_with_special_tokens


def _joined_by_post_processor(
    tokenizer: PreTrainedTokenizerFast, query: str, document: str, query_limit: int, limit: int
) -> Encoding:
    """The same lengths, with the special tokens as tokenizer.json puts them."""
    backend = tokenizer.backend_tokenizer
    backend.no_truncation()
    backend.no_padding()
    first = backend.encode(query, add_special_tokens=False)
    first.truncate(query_limit)
    room = limit - len(first) - backend.num_special_tokens_to_add(is_pair=True)
    if room <= 0:
        raise AssertionError(f"{limit} tokens leave no room for a document behind {query!r}")
    second = backend.encode(document, add_special_tokens=False)
    second.truncate(room)
    joined = backend.post_process(first, second)
    columns = {"input_ids": joined.ids, "token_type_ids": joined.type_ids, "attention_mask": joined.attention_mask}
    return {name: columns[name] for name in tokenizer.model_input_names}


def _lists(encoding: BatchEncoding) -> Encoding:
    columns: dict[str, Any] = dict(encoding)
    return {name: list(column) for name, column in columns.items()}
