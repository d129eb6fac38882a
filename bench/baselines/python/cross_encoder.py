"""sentence-transformers' CrossEncoder, without a server around it.

python cross_encoder.py MODEL_DIRECTORY REQUESTS_FILE THREADS

Says {"ready": true}, then answers each line of standard input with one line of JSON:
  scores            the scores of the first request
  round SECONDS     works through the requests for that long, and says what it did
"""

import json
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import CrossEncoder

BATCH = 32
"""Pairs that run together, padded to the longest."""

Request = dict[str, Any]


def predict(model: CrossEncoder, request: Request) -> list[float]:
    """Return one score between 0 and 1 for each document."""
    pairs = [(request["query"], document) for document in request["documents"]]
    return [float(score) for score in model.predict(pairs, batch_size=BATCH, show_progress_bar=False)]


def work(model: CrossEncoder, requests: Iterator[Request], seconds: float) -> Request:
    """Work for that many seconds; a request that was begun is finished."""
    latencies: list[float] = []
    documents = tokens = 0
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        request = next(requests)
        started = time.perf_counter()
        predict(model, request)
        latencies.append((time.perf_counter() - started) * 1000)
        documents += len(request["documents"])
        tokens += request["tokens"]
    elapsed = time.perf_counter() - begun
    return {"seconds": elapsed, "documents": documents, "tokens": tokens, "latenciesMs": latencies}


def say(message: Request) -> None:
    """Write one line."""
    print(json.dumps(message), flush=True)


def main() -> None:
    """Answer lines until there are no more."""
    model_directory, requests_file, threads = sys.argv[1:4]
    torch.set_num_threads(int(threads))
    model = CrossEncoder(model_directory, device="cpu")
    requests = [json.loads(line) for line in Path(requests_file).read_text(encoding="utf-8").splitlines()]
    endless = cycle(requests)
    say({"ready": True})
    for line in sys.stdin:
        order, *rest = line.split()
        if order == "scores":
            say({"scores": predict(model, requests[0])})
        elif order == "round":
            say(work(model, endless, float(rest[0])))


if __name__ == "__main__":
    main()
