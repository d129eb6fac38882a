"""voyageai, the SDK of Voyage."""

import voyageai

from case import DOCUMENTS, QUERY, Case, Server, refused, same


def voyage(server: Server) -> None:
    client = voyageai.Client(api_key=server.key, base_url=f"{server.url}/v1", max_retries=0)
    # It sends "top_k": null unless told otherwise.
    answer = client.rerank(QUERY, DOCUMENTS, model="rerank-2.5")
    same([(rank.index, rank.relevance_score) for rank in answer.results], server.ranking)
    same([rank.document for rank in answer.results], server.texts, "documents")
    if answer.total_tokens <= 0:
        raise AssertionError(f"total_tokens: {answer.total_tokens}")
    best = client.rerank(QUERY, DOCUMENTS, model="rerank-2.5", top_k=1, truncation=False)
    same([rank.index for rank in best.results], [server.ranking[0][0]])
    stranger = voyageai.Client(api_key="wrong", base_url=f"{server.url}/v1", max_retries=0)
    # Of an error it shows `detail` alone.
    refused(lambda: stranger.rerank(QUERY, DOCUMENTS, model="rerank-2.5"), "RERANK_API_KEY")


CASES = [Case("voyageai (Python), Client", "voyageai", "POST /v1/rerank, Voyage", voyage)]
