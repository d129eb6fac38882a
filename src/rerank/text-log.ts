import type { Logger } from '../platform/logger.ts';
import { logFieldsOf, type RequestTrace } from '../platform/tracing/request-trace.ts';
import type { RerankRequest } from './rerank-request.ts';

/** A log line is no archive. */
const MOST_DOCUMENTS = 50;
const MOST_CHARACTERS = 2_000;

/** Writes what was asked into the log, at level debug. Only for operators who asked for it: the texts are their users'. */
export function textLog(logger: Pick<Logger, 'debug'>) {
  return ({ query, documents }: RerankRequest, trace: RequestTrace | undefined): void => {
    logger.debug(
      {
        ...logFieldsOf(trace),
        query: typeof query === 'string' ? shortened(query) : query.slice(0, MOST_DOCUMENTS).map(shortened),
        documents: documents.slice(0, MOST_DOCUMENTS).map(shortened),
        count: documents.length,
      },
      'texts of a request',
    );
  };
}

function shortened(text: string): string {
  return text.slice(0, MOST_CHARACTERS);
}
