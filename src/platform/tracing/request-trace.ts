import type { TraceContext } from './trace-context.ts';

/** Facts about a piece of work. Never a query nor a document. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A piece of work that is over. */
export interface FinishedSpan {
  /** Few different ones: what belongs to one request is an attribute. */
  readonly name: string;
  /** Milliseconds on the service's clock. */
  readonly from: number;
  readonly to: number;
  readonly attributes?: SpanAttributes;
  /** Why it failed, in a word of few. */
  readonly failure?: string | undefined;
}

/** What tells one request from all others, in logs and traces. */
export interface RequestTrace {
  readonly requestId: string;
  /** The W3C trace that it belongs to, its caller's or one that began here. */
  readonly traceId: string | undefined;
  /** Its place in a trace of this server; undefined while traces are off. */
  readonly context?: TraceContext | undefined;
  /** Adds work that was done for it. Not there when nobody records this request: nothing is to be measured then. */
  readonly record?: ((span: FinishedSpan) => void) | undefined;
  /** Adds facts to the request's own span. */
  readonly describe?: ((attributes: SpanAttributes) => void) | undefined;
}

/** How log lines name a request. */
export function logFieldsOf(trace: RequestTrace | undefined): Readonly<Record<string, string>> {
  if (trace === undefined) return {};
  const { requestId, traceId } = trace;
  return traceId === undefined ? { requestId } : { requestId, trace_id: traceId };
}
