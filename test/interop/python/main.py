"""Runs the cases of the named modules against the servers in RERANK_INTEROP_SERVER.

Prints one line of JSON for each: {client, version, dialect, passed, problem, note}.
"""

import json
import os
import sys
from importlib import import_module
from importlib.metadata import version

from case import Case, Server


def problem_of(case: Case, server: Server) -> str | None:
    try:
        case.run(server)
    except Exception as error:  # Whatever a client raises is its verdict.
        return f"{type(error).__name__}: {error}"
    return None


def main() -> None:
    said = json.loads(os.environ["RERANK_INTEROP_SERVER"])
    server = Server(
        url=said["url"],
        open_url=said["openUrl"],
        key=said["key"],
        ranking=[(rank["index"], rank["score"]) for rank in said["ranking"]],
    )
    # Clients print to the standard output as they like; the outcomes get one of their own.
    outcomes = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for module in sys.argv[1:]:
        for case in import_module(f"cases.{module}").CASES:
            problem = problem_of(case, server)
            outcome = {
                "client": case.client,
                "version": version(case.package),
                "dialect": case.dialect,
                "passed": problem is None,
                "problem": problem,
                "note": case.note,
            }
            outcomes.write(json.dumps(outcome) + "\n")
            outcomes.flush()


if __name__ == "__main__":
    main()
