import type { Counter } from 'prom-client';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { FinishedSpan, SpanAttributes } from './request-trace.ts';
import type { TraceContext } from './trace-context.ts';

/** The span of a request that a client made. */
export interface ServerSpan {
  readonly context: TraceContext;
  /** False when the sampler left it out: its context still goes round. */
  readonly isRecording: boolean;
  describe(attributes: SpanAttributes): void;
  /** Adds work that was done within it. */
  record(span: FinishedSpan): void;
  /** @param name method and route; @param failure why the answer is an error of the server */
  end(name: string, attributes: SpanAttributes, failure?: string): void;
}

/** Traces of this service. Nothing in here ever throws, waits or fails because of the collector. */
export interface Tracing {
  /** A request begins. @param parent where its caller has it in a trace */
  begin(name: string, attributes: SpanAttributes, parent: TraceContext | undefined): ServerSpan;
  /** Adds work that is over. @returns its place, for what was done within it */
  record(span: FinishedSpan, parent: TraceContext | undefined): TraceContext;
  /** Sends what waits, for some seconds at most. */
  close(): Promise<void>;
}

export interface TracingOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  readonly version: string;
  /** 0 to 1. */
  readonly sampledShare: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: { readonly traceSpans: Pick<Counter<'outcome'>, 'inc'> };
}
