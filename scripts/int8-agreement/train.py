"""Turns a pretrained BERT encoder into a small cross-encoder.

    python scripts/int8-agreement/train.py ENCODER PAIRS OUT

ENCODER has config.json, tokenizer.json and model.safetensors of a BertModel; PAIRS is what write-pairs.ts wrote.
"""

import json
import os
import random
import sys
import time
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

BATCH = 32
MAX_LENGTH = 128
LEARNING_RATE = 5e-5
MAX_SECONDS = 900


def main(encoder: Path, pairs: Path, out: Path) -> None:
    torch.manual_seed(0)
    random.seed(0)
    # A thread that shares its processor holds up all others.
    torch.set_num_threads(max(1, (os.cpu_count() or 2) - 1))
    model = BertForSequenceClassification(BertConfig.from_pretrained(encoder, num_labels=1))
    weights = load_file(encoder / "model.safetensors")
    model.load_state_dict({f"bert.{name}": tensor for name, tensor in weights.items()}, strict=False)
    tokenizer = AutoTokenizer.from_pretrained(encoder)
    train(model, tokenizer, json.loads((pairs / "train.json").read_text()))
    model.eval()
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)


def train(model: BertForSequenceClassification, tokenizer, rows: list) -> None:
    """One pass, in batches of pairs of about the same length, in random order."""
    random.shuffle(rows)
    rows.sort(key=lambda row: len(row[0]) + len(row[1]))
    batches = [rows[at : at + BATCH] for at in range(0, len(rows), BATCH)]
    random.shuffle(batches)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=len(batches), pct_start=0.1)
    begun = time.monotonic()
    model.train()
    for step, batch in enumerate(batches):
        queries, documents, grades = zip(*batch)
        encoded = tokenizer(queries, documents, truncation=True, max_length=MAX_LENGTH, padding=True, return_tensors="pt")
        target = torch.tensor([float(grade) for grade in grades])
        loss = torch.nn.functional.binary_cross_entropy_with_logits(model(**encoded).logits[:, 0], target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 50 == 0:
            print(f"step {step} of {len(batches)}, loss {loss.item():.3f}, {time.monotonic() - begun:.0f} s", flush=True)
        if time.monotonic() - begun > MAX_SECONDS:
            print(f"time is up after {step + 1} steps")
            return


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
