"""litellm, whose providers all read the answer in ways of their own."""

from functools import partial

import litellm

from case import DOCUMENTS, QUERY, Case, Server, pairs, refused, same

litellm.telemetry = False
litellm.suppress_debug_info = True


def both_ways(provider: str, base: str, model: str, server: Server) -> None:
    ask = partial(
        litellm.rerank,
        model=f"{provider}/{model}",
        query=QUERY,
        documents=DOCUMENTS,
        api_base=server.url + base,
    )
    plain = ask(api_key=server.key, top_n=3, return_documents=False)
    same(pairs(plain.results), server.ranking[:3])
    # Its own default asks for the documents, and its parsers of them are strict.
    full = ask(api_key=server.key)
    same(pairs(full.results), server.ranking)
    same([result["document"]["text"] for result in full.results], server.texts, "documents")
    refused(lambda: ask(api_key="wrong", num_retries=0, max_retries=0), "needs an API key")


def infinity(server: Server) -> None:
    ask = partial(
        litellm.rerank,
        model="infinity/BAAI/bge-reranker-v2-m3",
        query=QUERY,
        documents=DOCUMENTS,
        api_base=server.url,
        api_key=server.key,
    )
    same(pairs(ask(return_documents=False).results), server.ranking)
    # When this is no longer so, the note below can go.
    refused(ask, "document.text")


def case(provider: str, dialect: str, base: str, model: str) -> Case:
    run = partial(both_ways, provider, base, model)
    return Case(f"litellm (Python), {provider}", "litellm", dialect, run)


CASES = [
    case("cohere", "POST /v1/rerank, Cohere v1", "/v1/rerank", "rerank-v3.5"),
    case("jina_ai", "POST /v1/rerank, Jina", "/v1/rerank", "jina-reranker-v2-base-multilingual"),
    case("hosted_vllm", "POST /rerank, vLLM", "", "BAAI/bge-reranker-v2-m3"),
    Case(
        "litellm (Python), infinity",
        "litellm",
        "POST /rerank, Infinity",
        infinity,
        note="With `return_documents=False`, or as `hosted_vllm`: the requests of both providers are the same,"
        " and each fails on the form of the documents that the other one wants",
    ),
    case("huggingface", "POST /rerank, TEI", "", "BAAI/bge-reranker-v2-m3"),
]
