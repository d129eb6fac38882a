"""What a case of a client is, and what all of them ask."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

_QUESTION = json.loads((Path(__file__).parent.parent / "question.json").read_text())
QUERY: str = _QUESTION["query"]
DOCUMENTS: list[str] = _QUESTION["documents"]

Rank = tuple[int, float]


@dataclass(frozen=True)
class Server:
    """The servers under test: one wants the key, the other none."""

    url: str
    open_url: str
    key: str
    # What a plain request gets: (index, score) of every document, best first.
    ranking: list[Rank]

    @property
    def texts(self) -> list[str]:
        return [DOCUMENTS[index] for index, _ in self.ranking]


@dataclass(frozen=True)
class Case:
    """One way in which one client asks."""

    client: str
    # The distribution whose version is reported.
    package: str
    # The path and the shape, as docs/clients.md names them.
    dialect: str
    # Raises when the client can't work with this server.
    run: Callable[[Server], None]
    # What its users should know.
    note: str | None = None


def same(got: object, wanted: object, what: str = "ranking") -> None:
    """The client says just what the server said."""
    if got != wanted:
        raise AssertionError(f"{what}: {got!r} is not {wanted!r}")


def refused(ask: Callable[[], object], reason: str) -> None:
    """A request that must fail does, and the client names the reason."""
    try:
        ask()
    except Exception as error:  # Every client has a class of its own.
        if reason not in str(error):
            raise AssertionError(f"the error does not say {reason!r}: {error!r}") from error
    else:
        raise AssertionError(f"nothing was raised: {reason}")


def pairs(results: Iterable[object]) -> list[Rank]:
    """(index, relevance_score) of objects or of dictionaries."""
    rows = [result if isinstance(result, dict) else vars(result) for result in results]
    return [(row["index"], row["relevance_score"]) for row in rows]
