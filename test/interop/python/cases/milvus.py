"""pymilvus.model, which Milvus users rerank with on their side."""

from pymilvus.model.reranker import TEIRerankFunction

from case import DOCUMENTS, QUERY, Case, Server, refused, same


def tei(server: Server) -> None:
    # It has no way to send a key.
    rerank = TEIRerankFunction(api_url=server.open_url)
    results = rerank(QUERY, DOCUMENTS)
    same([(result.index, result.score) for result in results], server.ranking)
    same([result.text for result in results], server.texts, "texts")
    refused(lambda: rerank("", DOCUMENTS), "must not be empty")


CASES = [Case("pymilvus.model (Python), TEIRerankFunction", "pymilvus.model", "POST /rerank, TEI", tei)]
