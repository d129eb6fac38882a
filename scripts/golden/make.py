"""Writes every fixture: python scripts/golden/make.py DIRECTORY [CASE ...]"""

import argparse
import json
import os
import shutil
from pathlib import Path

# Sums in another order differ in the last digit; these must be set before the libraries start their threads.
os.environ.update(
    {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
)

import torch
from transformers.utils import logging

from cases import CASES
from checkpoint import write_checkpoint
from golden_file import golden


def main() -> None:
    """Replaces the named cases' folders, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("cases", nargs="*", help="only these")
    arguments = parser.parse_args()
    unknown = set(arguments.cases) - {case.name for case in CASES}
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    for case in CASES:
        if arguments.cases and case.name not in arguments.cases:
            continue
        folder = arguments.directory / case.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write_checkpoint(case, folder)
        content = golden(case, folder)
        text = json.dumps(content, separators=(",", ":"), ensure_ascii=True)
        (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
        size = sum(file.stat().st_size for file in folder.iterdir())
        print(
            f"{case.name:24} {size / 1024:5.0f} KiB  {len(content['pairs'])} pairs  "
            f"logits spread over {content['logitSpread']:.2f}  {content['effects']}  "
            f"without effect: {content['tensorsWithoutEffect']}"
        )


if __name__ == "__main__":
    main()
