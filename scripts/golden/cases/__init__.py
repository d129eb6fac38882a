"""The checkpoints, by family."""

from case import Case

from . import bert_family, deberta, modernbert, roberta_family

CASES: tuple[Case, ...] = (*roberta_family.CASES, *bert_family.CASES, *modernbert.CASES, *deberta.CASES)
