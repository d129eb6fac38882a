import type { Request, Response } from 'express';
import type { RequestTrace } from '../platform/tracing/request-trace.ts';
import {
  formatTraceparent,
  parseTraceContext,
  type TraceContext,
} from '../platform/tracing/trace-context.ts';
import type { ServerSpan, Tracing } from '../platform/tracing/tracing.ts';

/** A trace of its own for each of these would bury those of requests. */
const NOT_TRACED = /^\/(healthz|livez|readyz|startupz|health|ping|metrics|\.well-known\/\w+)$|^\/ui(\/|$)/;

const LONGEST_ATTRIBUTE = 256;

const CLIENT_LEFT = 499;

/** A request among others, until its answer is out. */
interface RequestUnderWay extends RequestTrace {
  /** @param route the pattern that it matched */
  end(route: string, status: number): void;
}

/** On the request itself: a WeakMap would cost the garbage collector more than all else in here. */
const TRACE = Symbol('trace');

type Traced = Request & { [TRACE]?: RequestUnderWay };

/** What tells this request from others. */
export function traceOf(request: Request): RequestTrace | undefined {
  return (request as Traced)[TRACE];
}

/** Takes the request into the trace that its caller began, or into a new one, and says in the answer which. */
export function beginTrace(
  request: Request,
  response: Response,
  requestId: string,
  tracing: Tracing | undefined,
): RequestUnderWay {
  const { traceparent, tracestate } = request.headers;
  const parent =
    traceparent === undefined ? undefined : parseTraceContext(String(traceparent), tracestate?.toString());
  const isTraced = tracing !== undefined && !NOT_TRACED.test(request.path);
  const trace: RequestUnderWay = isTraced
    ? recorded(request, requestId, tracing.begin(request.method, attributesOf(request, requestId), parent))
    : { requestId, traceId: parent?.traceId, end: () => {} };
  if (trace.context !== undefined) answer(response, trace.context);
  (request as Traced)[TRACE] = trace;
  return trace;
}

function recorded(request: Request, requestId: string, span: ServerSpan): RequestUnderWay {
  const { context } = span;
  const end = (route: string, status: number): void => {
    const isFailure = status >= 500 || status === CLIENT_LEFT;
    span.end(
      `${request.method} ${route}`,
      { 'http.route': route, 'http.response.status_code': status },
      isFailure ? String(status) : undefined,
    );
  };
  if (!span.isRecording) return { requestId, traceId: context.traceId, context, end };
  const record: RequestTrace['record'] = (finished) => span.record(finished);
  const describe: RequestTrace['describe'] = (attributes) => span.describe(attributes);
  return { requestId, traceId: context.traceId, context, record, describe, end };
}

/** By the semantic conventions for HTTP servers; without the query string, in which anything may be. */
function attributesOf(request: Request, requestId: string) {
  return {
    'http.request.method': request.method,
    'url.path': request.path.slice(0, LONGEST_ATTRIBUTE),
    'url.scheme': request.protocol,
    'network.protocol.version': request.httpVersion,
    'client.address': request.socket.remoteAddress ?? 'unknown',
    'user_agent.original': (request.get('user-agent') ?? '').slice(0, LONGEST_ATTRIBUTE),
    'rerankd.request_id': requestId,
  };
}

function answer(response: Response, context: TraceContext): void {
  response.set('traceparent', formatTraceparent(context));
  if (context.state !== undefined) response.set('tracestate', context.state);
}
