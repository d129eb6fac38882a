"""langchain-cohere, and InfinityRerank of langchain-community, which asks through infinity-client."""

from infinity_client.client import Client
from langchain_cohere import CohereRerank
from langchain_community.document_compressors import InfinityRerank
from langchain_core.documents import Document

from case import DOCUMENTS, QUERY, Case, Server, pairs, same

PAGES = [Document(page_content=text) for text in DOCUMENTS]


def cohere_rerank(server: Server) -> None:
    reranker = CohereRerank(
        cohere_api_key=server.key, base_url=server.url, model="rerank-v3.5", top_n=3
    )
    # It sends "max_tokens_per_doc": null.
    same(pairs(reranker.rerank(DOCUMENTS, QUERY)), server.ranking[:3])
    kept = reranker.compress_documents(PAGES, QUERY)
    same([page.page_content for page in kept], server.texts[:3], "pages")
    same([page.metadata["relevance_score"] for page in kept], [s for _, s in server.ranking[:3]])


def infinity_rerank(server: Server) -> None:
    # It has no way to send a key.
    reranker = InfinityRerank(client=Client(base_url=server.open_url), model="any", top_n=3)
    same(pairs(reranker.rerank(DOCUMENTS, QUERY)), server.ranking[:3])
    kept = reranker.compress_documents(PAGES, QUERY)
    same([page.page_content for page in kept], server.texts[:3], "pages")


CASES = [
    Case(
        "langchain-cohere (Python), CohereRerank",
        "langchain-cohere",
        "POST /v2/rerank, Cohere v2",
        cohere_rerank,
    ),
    Case(
        "langchain-community (Python), InfinityRerank",
        "langchain-community",
        "POST /rerank, Infinity",
        infinity_rerank,
    ),
]
