"""cohere, the SDK of Cohere."""

import cohere

from case import DOCUMENTS, QUERY, Case, Server, pairs, refused, same

MODEL = "rerank-v3.5"


def version_1(server: Server) -> None:
    client = cohere.Client(api_key=server.key, base_url=server.url)
    same(pairs(client.rerank(query=QUERY, documents=DOCUMENTS).results), server.ranking)
    objects = [{"title": str(index), "text": text} for index, text in enumerate(DOCUMENTS)]
    answer = client.rerank(
        model=MODEL,
        query=QUERY,
        documents=objects,
        top_n=2,
        rank_fields=["text"],
        return_documents=True,
        max_chunks_per_doc=4,
    )
    same(pairs(answer.results), server.ranking[:2])
    same([result.document.text for result in answer.results], server.texts[:2], "documents")
    stranger = cohere.Client(api_key="wrong", base_url=server.url)
    refused(lambda: stranger.rerank(query=QUERY, documents=DOCUMENTS), "needs an API key")


def version_2(server: Server) -> None:
    client = cohere.ClientV2(api_key=server.key, base_url=server.url)
    answer = client.rerank(model=MODEL, query=QUERY, documents=DOCUMENTS, max_tokens_per_doc=4096)
    same(pairs(answer.results), server.ranking)
    same(answer.meta.api_version.version, "2", "meta.api_version")
    best = client.rerank(model=MODEL, query=QUERY, documents=DOCUMENTS, top_n=1, priority=5)
    same(pairs(best.results), server.ranking[:1])
    refused(lambda: client.rerank(model=MODEL, query=QUERY, documents=[]), "at least one document")


CASES = [
    Case("cohere (Python), Client", "cohere", "POST /v1/rerank, Cohere v1", version_1),
    Case("cohere (Python), ClientV2", "cohere", "POST /v2/rerank, Cohere v2", version_2),
]
