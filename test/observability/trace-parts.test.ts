/** As OpenTelemetry's core has them. */
const ExportResultCode = { SUCCESS: 0, FAILED: 1 } as const;

import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { BoundedExport } from '../../src/platform/tracing/otlp/bounded-export.ts';
import { formatTraceparent, parseTraceContext } from '../../src/platform/tracing/trace-context.ts';
import { LogBook } from '../support/log-book.ts';
import { someMetrics, valueOf } from '../support/some-metrics.ts';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('the header traceparent', () => {
  it('is read and written', () => {
    const header = `00-${ID}-${SPAN}-01`;
    const parsed = parseTraceContext(header, 'a=b');
    expect(parsed).toEqual({ traceId: ID, spanId: SPAN, isSampled: true, state: 'a=b' });
    expect(parsed && formatTraceparent(parsed)).toBe(header);
  });

  it.each([
    ['without a decision to record', `00-${ID}-${SPAN}-00`, false],
    ['of a later version with more fields', `01-${ID}-${SPAN}-09-more`, true],
  ])('is read %s', (_, header, isSampled) => {
    expect(parseTraceContext(header, undefined)).toMatchObject({ traceId: ID, isSampled });
  });

  it.each([
    undefined,
    '',
    'nonsense',
    `00-${ID}-${SPAN}`,
    `ff-${ID}-${SPAN}-01`,
    `00-${ID}-${SPAN}-01-more`,
    `00-${ID.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${ID}-${'0'.repeat(16)}-01`,
    `00-${ID}-${SPAN}-01\n`.repeat(9),
  ])('is ignored when it is %j', (header) => {
    expect(parseTraceContext(header, 'a=b')).toBeUndefined();
  });
});

describe('what waits for a collector', () => {
  function setUp(most: number) {
    const metrics = someMetrics();
    const log = new LogBook();
    const { logger } = log;
    const bound = new BoundedExport({ most, target: 'collector:4318', logger, spans: metrics.traceSpans });
    const kept: ReadableSpan[] = [];
    const processor = bound.processor({
      onStart: () => {},
      onEnd: (span) => void kept.push(span),
      forceFlush: async () => {},
      shutdown: async () => {},
    });
    const end = (count: number): void => {
      for (let index = 0; index < count; index++) processor.onEnd({} as ReadableSpan);
    };
    /** Sends all that waits. */
    const flush = (code: number): void => {
      const result = { code, ...(code === ExportResultCode.FAILED && { error: new Error('refused') }) };
      const exporter = bound.exporter({ export: (_, done) => done(result), shutdown: async () => {} });
      exporter.export(kept.splice(0), () => {});
    };
    const count = (outcome: string) => valueOf(metrics, 'rerankd_trace_spans_total', { outcome });
    return { end, flush, kept, log, count };
  }

  it('is bounded, and what goes beyond is counted', async () => {
    const { end, flush, kept, count } = setUp(10);
    end(25);
    expect(kept).toHaveLength(10);
    expect(await count('dropped')).toBe(15);
    flush(ExportResultCode.SUCCESS);
    expect(await count('exported')).toBe(10);
    end(5);
    expect(kept).toHaveLength(5);
  });

  it('is told of when it begins to fail and when it works again, not each time', async () => {
    const { end, flush, log, count } = setUp(10);
    for (const code of [0, 1, 1, 1, 0, 0, 1]) {
      end(2);
      flush(code);
    }
    expect(log.messages).toEqual([
      expect.stringContaining("can't be delivered to collector:4318"),
      expect.stringContaining('again'),
      expect.stringContaining("can't be delivered"),
    ]);
    expect(await count('failed')).toBe(8);
  });
});

describe('the settings of traces', () => {
  it('have none by default', () => {
    expect(readConfig({}).tracing).toBeUndefined();
    expect(readConfig({ OTEL_SERVICE_NAME: 'x' }).tracing).toBeUndefined();
  });

  it('append the path of the signal to the general endpoint only', () => {
    const base = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c:4318/otlp' };
    expect(readConfig(base).tracing?.url).toBe('https://c:4318/otlp/v1/traces');
    const whole = { ...base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t/x' };
    expect(readConfig(whole).tracing?.url).toBe('http://t/x');
  });

  it('read headers as the specification writes them, and leave out what is none', () => {
    const headers = 'authorization=Bearer%20a%3Db, x=1,broken,=2,y=%zz';
    expect(
      readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_HEADERS: headers }).tracing,
    ).toMatchObject({ headers: { authorization: 'Bearer a=b', x: '1', y: '%zz' }, sampledShare: 1 });
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_TRACES_SAMPLER_ARG', '2'],
  ])('refuse %s=%s', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(name);
  });
});
