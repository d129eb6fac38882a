"""The rankers of Haystack."""

from haystack import Document
from haystack.utils import Secret
from haystack_integrations.components.rankers.cohere import CohereRanker
from haystack_integrations.components.rankers.huggingface_api import (
    HuggingFaceTEIRanker,
    TruncationDirection,
)

from case import DOCUMENTS, QUERY, Case, Server, refused, same


def documents() -> list[Document]:
    return [Document(content=text) for text in DOCUMENTS]


def said(result: dict[str, list[Document]]) -> list[tuple[str, float]]:
    return [(document.content, document.score) for document in result["documents"]]


def wanted(server: Server, top_k: int) -> list[tuple[str, float]]:
    return [(DOCUMENTS[index], score) for index, score in server.ranking[:top_k]]


def tei(server: Server) -> None:
    ranker = HuggingFaceTEIRanker(url=server.url, token=Secret.from_token(server.key), max_retries=0)
    same(said(ranker.run(query=QUERY, documents=documents())), wanted(server, 10))
    # "Left" and "Right" are its spelling of the direction.
    cut = ranker.run(
        query=QUERY,
        documents=documents(),
        top_k=2,
        truncation_direction=TruncationDirection.LEFT,
    )
    same(said(cut), wanted(server, 2))
    stranger = HuggingFaceTEIRanker(url=server.url, token=Secret.from_token("wrong"), max_retries=1)
    refused(lambda: stranger.run(query=QUERY, documents=documents()), "needs an API key")


def cohere(server: Server) -> None:
    ranker = CohereRanker(
        api_key=Secret.from_token(server.key), api_base_url=server.url, model="rerank-v3.5", top_k=2
    )
    same(said(ranker.run(query=QUERY, documents=documents())), wanted(server, 2))


CASES = [
    Case(
        "Haystack (Python), HuggingFaceTEIRanker",
        "huggingface-api-haystack",
        "POST /rerank, TEI",
        tei,
    ),
    Case("Haystack (Python), CohereRanker", "cohere-haystack", "POST /v2/rerank, Cohere v2", cohere),
]
