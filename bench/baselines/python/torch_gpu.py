"""PyTorch on a card: half precision, SDPA, batches sorted by length; and how fast the card multiplies matrices.

python torch_gpu.py DEVICE      (cuda; cpu only to try the program)

Says {"ready": true, …}, then answers each line of standard input, a JSON object with an "order", with one line of JSON:
  matmul  shapes [[m, k, n], …], dtype, seconds   TFLOP/s of each product, sustained for that long
  load    model, requests, maxLength              reads the model and tokenizes all pairs of the request file
  tune    budgets                                 tokens a batch may have: one pass over the set with each; keeps the fastest
  scores  pairs                                   logits of the first so many pairs, in the order of the file
  round   seconds                                 whole passes over the set for at least that long

Tokenization is not in the times of a round; the way of the tokens to the card and of the logits back is.
"""

import json
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import torch

PAD_TO = 8
"""Tensor cores want sizes that are multiples of this."""

CHUNKS = 7
"""Measurements of a product, of which the median counts."""

Order = dict[str, Any]


class Pairs:
    """All pairs of a request file, tokenized once, and cut into batches that are sorted by length."""

    def __init__(self, tokenizer: Any, path: str, max_length: int) -> None:
        """Tokenize everything."""
        requests = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
        queries = [request["query"] for request in requests for _ in request["documents"]]
        documents = [document for request in requests for document in request["documents"]]
        encoded = tokenizer(queries, documents, truncation="only_second", max_length=max_length)
        self.ids: list[list[int]] = encoded["input_ids"]
        self.pad = tokenizer.pad_token_id or 0
        self.tokens = sum(len(ids) for ids in self.ids)

    def batches(self, budget: int, pin: bool, count: int | None = None) -> list[tuple[list[int], torch.Tensor, torch.Tensor]]:
        """Cut into rectangles of at most so many tokens, the longest pairs first: their places, ids and masks."""
        order = sorted(range(len(self.ids))[:count], key=lambda place: -len(self.ids[place]))
        made = []
        start = 0
        while start < len(order):
            width = -(-len(self.ids[order[start]]) // PAD_TO) * PAD_TO
            places = order[start : start + max(1, budget // width)]
            ids = torch.full((len(places), width), self.pad, dtype=torch.int64)
            mask = torch.zeros((len(places), width), dtype=torch.int64)
            for row, place in enumerate(places):
                length = len(self.ids[place])
                ids[row, :length] = torch.tensor(self.ids[place])
                mask[row, :length] = 1
            made.append((places, ids.pin_memory() if pin else ids, mask.pin_memory() if pin else mask))
            start += len(places)
        return made


class Baseline:
    """What the orders are carried out by."""

    def __init__(self, device: str) -> None:
        """Choose the device."""
        self.device = torch.device(device)
        self.is_card = device == "cuda"
        self.dtype = torch.float16 if self.is_card else torch.float32
        self.model: Any = None
        self.pairs: Any = None
        self.plan: Any = []

    def wait(self) -> None:
        """Wait until the card has done everything."""
        if self.is_card:
            torch.cuda.synchronize()

    def facts(self) -> Order:
        """Say what runs here."""
        found: Order = {"torch": torch.__version__, "transformers": transformers_version(), "python": sys.version.split()[0]}
        if self.is_card:
            properties = torch.cuda.get_device_properties(0)
            found |= {
                "card": properties.name,
                "capability": f"{properties.major}.{properties.minor}",
                "multiprocessors": properties.multi_processor_count,
                "memoryBytes": properties.total_memory,
                "cuda": torch.version.cuda,
                "cudnn": torch.backends.cudnn.version(),
            }
        return found

    def matmul(self, order: Order) -> Order:
        """Multiply matrices of random numbers: with constant ones a card draws less power, and clocks higher."""
        dtype = getattr(torch, order["dtype"]) if self.is_card else torch.float32
        rates = []
        for m, k, n in order["shapes"]:
            left = torch.randn(m, k, device=self.device).to(dtype)
            right = (torch.randn(k, n, device=self.device) / k**0.5).to(dtype)
            rates.append({"m": m, "k": k, "n": n, "teraflops": self._rate(left, right, order["seconds"])})
            del left, right
        return {"rates": rates}

    def _rate(self, left: torch.Tensor, right: torch.Tensor, seconds: float) -> float:
        out = torch.empty(left.shape[0], right.shape[1], device=self.device, dtype=left.dtype)
        flop = 2 * left.shape[0] * left.shape[1] * right.shape[1]

        def timed(repeats: int) -> float:
            self.wait()
            begun = time.perf_counter()
            for _ in range(repeats):
                torch.matmul(left, right, out=out)
            self.wait()
            return time.perf_counter() - begun

        timed(3)
        one = max(timed(3) / 3, 1e-6)
        repeats = max(1, int(seconds / CHUNKS / one))
        rates = sorted(flop * repeats / timed(repeats) / 1e12 for _ in range(CHUNKS))
        return rates[CHUNKS // 2]

    def load(self, order: Order) -> Order:
        """Read the model and tokenize the set."""
        # Only here: the rates of matrix products need no transformers.
        import transformers  # noqa: PLC0415

        tokenizer = transformers.AutoTokenizer.from_pretrained(order["model"])
        # Renamed in 4.56, which understands both; what came before takes no notice of the new name, and reads in single precision.
        dtype = "dtype" if version_of(transformers.__version__) >= (4, 56) else "torch_dtype"
        self.model = (
            transformers.AutoModelForSequenceClassification.from_pretrained(
                order["model"], **{dtype: self.dtype}, attn_implementation="sdpa"
            )
            .eval()
            .to(self.device)
        )
        self.pairs = Pairs(tokenizer, order["requests"], order["maxLength"])
        return {"pairs": len(self.pairs.ids), "tokens": self.pairs.tokens, "dtype": str(self.dtype)}

    @torch.inference_mode()
    def run(self, plan: Any) -> list[torch.Tensor]:
        """One pass: nothing waits for the card before the end."""
        outputs = []
        for _, ids, mask in plan:
            on_card = ids.to(self.device, non_blocking=True), mask.to(self.device, non_blocking=True)
            outputs.append(self.model(input_ids=on_card[0], attention_mask=on_card[1]).logits[:, 0])
        logits = [output.float().cpu() for output in outputs]
        self.wait()
        return logits

    def tune(self, order: Order) -> Order:
        """Take the size of batches that is fastest: the baseline shall not lose by a setting."""
        tried = []
        best: tuple[float, Any] | None = None
        for budget in order["budgets"]:
            plan = self.pairs.batches(budget, self.is_card)
            try:
                self.run(plan)
                begun = time.perf_counter()
                self.run(plan)
            except torch.cuda.OutOfMemoryError:
                torch.cuda.empty_cache()
                tried.append({"budget": budget, "tokensPerSecond": None})
                continue
            rate = self.pairs.tokens / (time.perf_counter() - begun)
            tried.append({"budget": budget, "tokensPerSecond": rate})
            if best is None or rate > best[0]:
                best = (rate, plan)
                chosen = budget
        if best is None:
            raise RuntimeError("no size of batches fits into the card's memory")
        self.plan = best[1]
        return {"budget": chosen, "batches": len(self.plan), "tried": tried}

    def scores(self, order: Order) -> Order:
        """Logits of the first pairs, in their order."""
        count = order["pairs"]
        plan = self.pairs.batches(4096, self.is_card, count)
        found = [0.0] * min(count, len(self.pairs.ids))
        for (places, _, _), logits in zip(plan, self.run(plan), strict=True):
            for place, logit in zip(places, logits.tolist(), strict=True):
                found[place] = logit
        return {"logits": found}

    def round(self, order: Order) -> Order:
        """Whole passes, as a part of one would have only the longest pairs."""
        self.wait()
        passes = 0
        begun = time.perf_counter()
        while passes == 0 or time.perf_counter() - begun < order["seconds"]:
            self.run(self.plan)
            passes += 1
        seconds = time.perf_counter() - begun
        return {"seconds": seconds, "documents": passes * len(self.pairs.ids), "tokens": passes * self.pairs.tokens}


def transformers_version() -> str | None:
    """Without importing it; None where it is not installed."""
    try:
        return metadata.version("transformers")
    except metadata.PackageNotFoundError:
        return None


def version_of(text: str) -> tuple[int, ...]:
    """Major and minor version."""
    return tuple(int(part) for part in text.split(".")[:2])


def say(message: Order) -> None:
    """Write one line."""
    print(json.dumps(message), flush=True)


def main() -> None:
    """Answer lines until there are no more. An order that fails is answered with its error."""
    baseline = Baseline(sys.argv[1])
    say({"ready": True, **baseline.facts()})
    for line in sys.stdin:
        order = json.loads(line)
        if order["order"] not in {"matmul", "load", "tune", "scores", "round"}:
            say({"error": f"no such order: {order['order']}"})
            continue
        try:
            say(getattr(baseline, order["order"])(order))
        except Exception as error:  # noqa: BLE001 - whoever asked has to know
            say({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
