import {
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import {
  ATTR_ERROR_TYPE,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_VERSION,
} from '@opentelemetry/semantic-conventions';
import { endsWithin } from '../../ends-within.ts';
import type { FinishedSpan, SpanAttributes } from '../request-trace.ts';
import type { TraceContext } from '../trace-context.ts';
import type { ServerSpan, Tracing, TracingOptions } from '../tracing.ts';
import { BoundedExport } from './bounded-export.ts';

const MOST_WAITING = 4096;
const MOST_IN_A_BATCH = 512;
/** At a shutdown everything that waits is sent at once. */
const MOST_BATCHES_AT_ONCE = MOST_WAITING / MOST_IN_A_BATCH;
const BATCH_EVERY_MS = 1_000;
const EXPORT_TIMEOUT_MS = 5_000;
const FLUSH_DEADLINE_MS = 3_000;

type OtelSpan = ReturnType<Tracer['startSpan']>;

/** Traces by OpenTelemetry's own SDK, sent as OTLP over HTTP in Protocol Buffers. */
export class OpenTelemetryTracing implements Tracing {
  readonly #options: TracingOptions;
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;

  constructor(options: TracingOptions) {
    this.#options = options;
    const { url, headers, serviceName, version, sampledShare, logger, metrics } = options;
    const bound = new BoundedExport({
      most: MOST_WAITING,
      target: new URL(url).host,
      logger,
      spans: metrics.traceSpans,
    });
    const exporter = new OTLPTraceExporter({
      url,
      headers: { ...headers },
      timeoutMillis: EXPORT_TIMEOUT_MS,
      concurrencyLimit: MOST_BATCHES_AT_ONCE,
    });
    const batches = new BatchSpanProcessor({
      exporter: bound.exporter(exporter),
      maxQueueSize: MOST_WAITING,
      maxExportBatchSize: MOST_IN_A_BATCH,
      scheduledDelayMillis: BATCH_EVERY_MS,
      exportTimeoutMillis: EXPORT_TIMEOUT_MS,
    });
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: serviceName, [ATTR_SERVICE_VERSION]: version }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampledShare) }),
      spanProcessors: [bound.processor(batches)],
    });
    this.#tracer = this.#provider.getTracer('rerankd', version);
  }

  begin(name: string, attributes: SpanAttributes, parent: TraceContext | undefined): ServerSpan {
    const toEpoch = this.#epoch();
    const startTime = toEpoch(this.#options.clock.now());
    const kind = SpanKind.SERVER;
    const span = this.#tracer.startSpan(name, { kind, startTime, attributes }, contextOf(parent, true));
    const context = placeOf(span);
    return {
      context,
      isRecording: span.isRecording(),
      describe: (more) => void span.setAttributes(more),
      record: (finished) => void this.#add(finished, context, toEpoch),
      end: (finalName, more, failure) => {
        span.updateName(finalName).setAttributes(more);
        markFailure(span, failure);
        span.end(toEpoch(this.#options.clock.now()));
      },
    };
  }

  record(finished: FinishedSpan, parent: TraceContext | undefined): TraceContext {
    return this.#add(finished, parent, this.#epoch());
  }

  async close(): Promise<void> {
    const shutdown = this.#provider.shutdown().catch((error: unknown) => {
      this.#options.logger.debug({ err: error }, 'not all traces were delivered before the end');
    });
    await endsWithin(this.#options.clock, FLUSH_DEADLINE_MS, shutdown);
  }

  #add(
    { name, from, to, attributes, failure }: FinishedSpan,
    parent: TraceContext | undefined,
    toEpoch: (at: number) => number,
  ): TraceContext {
    const options = { startTime: toEpoch(from), ...(attributes && { attributes }) };
    const span = this.#tracer.startSpan(name, options, contextOf(parent, false));
    markFailure(span, failure);
    span.end(toEpoch(to));
    return placeOf(span);
  }

  /** From the service's clock to milliseconds since 1970: read once a request, so that its spans fit each other. */
  #epoch(): (at: number) => number {
    const { clock } = this.#options;
    const origin = clock.date().getTime() - clock.now();
    return (at) => origin + at;
  }
}

function markFailure(span: OtelSpan, failure: string | undefined): void {
  if (failure === undefined) return;
  span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute(ATTR_ERROR_TYPE, failure);
}

/** @param isRemote the parent is a span of another service */
function contextOf(parent: TraceContext | undefined, isRemote: boolean) {
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, isSampled, state } = parent;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote,
    ...(state !== undefined && { traceState: createTraceState(state) }),
  });
}

function placeOf(span: OtelSpan): TraceContext {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  return { traceId, spanId, isSampled, state: traceState?.serialize() };
}
