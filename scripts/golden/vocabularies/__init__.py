"""Tiny vocabularies, turned into tokenizers by the same converters that made the tokenizers of the real models."""
