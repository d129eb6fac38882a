"""The node postprocessors of LlamaIndex."""

from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from llama_index.postprocessor.cohere_rerank import CohereRerank
from llama_index.postprocessor.tei_rerank import TextEmbeddingInference

from case import DOCUMENTS, QUERY, Case, Server, same


def nodes() -> list[NodeWithScore]:
    return [NodeWithScore(node=TextNode(text=text), score=0.0) for text in DOCUMENTS]


def said(kept: list[NodeWithScore]) -> list[tuple[str, float]]:
    return [(node.node.get_content(), node.score) for node in kept]


def wanted(server: Server, top_n: int) -> list[tuple[str, float]]:
    return [(DOCUMENTS[index], score) for index, score in server.ranking[:top_n]]


def tei(server: Server) -> None:
    # The token goes into the header as it is, without "Bearer".
    reranker = TextEmbeddingInference(base_url=server.url, auth_token=server.key, top_n=3)
    kept = reranker.postprocess_nodes(nodes(), QueryBundle(QUERY))
    same(said(kept), wanted(server, 3))


def cohere(server: Server) -> None:
    reranker = CohereRerank(api_key=server.key, base_url=server.url, top_n=2, max_retries=1)
    kept = reranker.postprocess_nodes(nodes(), QueryBundle(QUERY))
    same(said(kept), wanted(server, 2))


CASES = [
    Case(
        "LlamaIndex (Python), TextEmbeddingInference",
        "llama-index-postprocessor-tei-rerank",
        "POST /rerank, TEI",
        tei,
    ),
    Case(
        "LlamaIndex (Python), CohereRerank",
        "llama-index-postprocessor-cohere-rerank",
        "POST /v2/rerank, Cohere v2",
        cohere,
    ),
]
