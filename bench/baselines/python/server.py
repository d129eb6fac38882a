"""The reference design: FastAPI, PyTorch, a lock around the model.

python server.py MODEL_DIRECTORY PORT THREADS
"""

import sys
import threading

import torch
import uvicorn
from end_with_parent import end_with_parent
from fastapi import FastAPI
from pydantic import BaseModel
from transformers import AutoModelForSequenceClassification, AutoTokenizer

BATCH = 32
"""Pairs that run together, padded to the longest."""


class RerankBody(BaseModel):
    """A query and the documents to rank for it."""

    query: str
    documents: list[str]


class Reranker:
    """The model, which one request at a time may use."""

    def __init__(self, directory: str) -> None:
        """Load the model into memory."""
        self._lock = threading.RLock()
        self._tokenizer = AutoTokenizer.from_pretrained(directory)
        self._model = AutoModelForSequenceClassification.from_pretrained(directory, dtype=torch.float32).eval()

    def scores(self, query: str, documents: list[str]) -> list[float]:
        """Return one score between 0 and 1 for each document."""
        with self._lock, torch.inference_mode():
            found: list[float] = []
            for start in range(0, len(documents), BATCH):
                chunk = documents[start : start + BATCH]
                inputs = self._tokenizer(
                    [query] * len(chunk), chunk, padding=True, truncation=True, return_tensors="pt"
                )
                found += torch.sigmoid(self._model(**inputs).logits[:, 0]).tolist()
            return found


def make_app(reranker: Reranker) -> FastAPI:
    """Put the endpoints around the model."""
    app = FastAPI()

    @app.get("/readyz")
    def readyz() -> dict[str, str]:
        return {"status": "ready"}

    @app.post("/rerank")
    def rerank(body: RerankBody) -> dict[str, list[dict[str, int | float]]]:
        scores = reranker.scores(body.query, body.documents)
        results = [{"index": index, "relevance_score": score} for index, score in enumerate(scores)]
        results.sort(key=lambda result: result["relevance_score"], reverse=True)
        return {"results": results}

    return app


if __name__ == "__main__":
    model_directory, port, threads = sys.argv[1:4]
    end_with_parent()
    torch.set_num_threads(int(threads))
    uvicorn.run(make_app(Reranker(model_directory)), host="127.0.0.1", port=int(port), log_level="warning")
