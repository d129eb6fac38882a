import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Counter } from 'prom-client';
import type { Logger } from '../../logger.ts';

/** Success in the results of exporters; anything else is a failure. */
const SUCCESS = 0;

export interface BoundedExportOptions {
  /** Spans that may wait for the collector, those on their way included. */
  readonly most: number;
  /** Where they go, for people. */
  readonly target: string;
  readonly logger: Logger;
  readonly spans: Pick<Counter<'outcome'>, 'inc'>;
}

/**
 * Stands around OpenTelemetry's own processor and exporter: bounds what waits for a collector that is slow or gone, counts what
 * became of it, and tells of a failure once, not with every batch.
 */
export class BoundedExport {
  readonly #options: BoundedExportOptions;
  #waiting = 0;
  #isFailing = false;

  constructor(options: BoundedExportOptions) {
    this.#options = options;
  }

  /** @param inner batches spans and hands them to `exporter` */
  processor(inner: SpanProcessor): SpanProcessor {
    return {
      onStart: (span, context) => inner.onStart(span, context),
      onEnd: (span) => {
        if (this.#waiting >= this.#options.most) {
          this.#options.spans.inc({ outcome: 'dropped' });
          return;
        }
        this.#waiting++;
        inner.onEnd(span);
      },
      forceFlush: () => inner.forceFlush(),
      shutdown: () => inner.shutdown(),
    };
  }

  exporter(inner: SpanExporter): SpanExporter {
    return {
      export: (spans: ReadableSpan[], done) =>
        inner.export(spans, (result) => {
          this.#waiting -= spans.length;
          this.#note((result.code as number) === SUCCESS, spans.length, result.error);
          done(result);
        }),
      shutdown: () => inner.shutdown(),
    };
  }

  #note(isTaken: boolean, count: number, error: Error | undefined): void {
    const { spans, logger, target } = this.#options;
    spans.inc({ outcome: isTaken ? 'exported' : 'failed' }, count);
    if (isTaken === !this.#isFailing) return;
    this.#isFailing = !isTaken;
    if (isTaken) logger.info(`traces are delivered to ${target} again`);
    else
      logger.warn(
        { reason: error?.message },
        `traces can't be delivered to ${target} and are dropped; requests are not affected`,
      );
  }
}
