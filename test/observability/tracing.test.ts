import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTracing } from '../../src/platform/tracing/open-tracing.ts';
import { LogBook } from '../support/log-book.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { OtlpCollector } from '../support/otlp-collector.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';
import { someMetrics } from '../support/some-metrics.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const traceparent = `00-${TRACE}-${CALLER}-01`;

const body = { query: 'secret tides', documents: ['secret moon', 'secret yeast'] };

describe('a server with a collector', () => {
  let collector: OtlpCollector;
  let service: ServiceUnderTest;
  let answered: Headers;
  let untraced: Headers;
  beforeAll(async () => {
    collector = await OtlpCollector.listen();
    service = await startService({
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.endpoint}/`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b, x-team = search',
      OTEL_SERVICE_NAME: 'reranker-blue',
    });
    const { client } = service;
    const headers = { traceparent, tracestate: 'vendor=1', 'x-request-id': 'asked-1' };
    answered = (await client.post('/rerank', body, headers)).headers;
    untraced = (
      await client.post('/rerank', body, { traceparent: `00-${TRACE.replace('4', '5')}-${CALLER}-00` })
    ).headers;
    await client.post('/rerank?q=secret', { query: 'x' }, { traceparent: 'not one' });
    await client.get('/healthz');
    await client.post('/update', { model_path: 'local://demo-next' }, { traceparent });
    await service.service.close();
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await collector[Symbol.asyncDispose]();
  });

  const ofCaller = () => collector.spans.filter(({ traceId }) => traceId === TRACE);
  const request = () => ofCaller().find(({ attributes }) => attributes['rerankd.request_id'] === 'asked-1');

  it('sends Protocol Buffers to the path for traces, with the headers that were configured', () => {
    expect(collector.requests[0]).toMatchObject({
      path: '/v1/traces',
      headers: { 'content-type': 'application/x-protobuf', 'x-key': 'a b', 'x-team': 'search' },
    });
    expect(new Set(collector.spans.map(({ service: name }) => name))).toEqual(new Set(['reranker-blue']));
  });

  it('takes a request into the trace of its caller', () => {
    expect(request()).toMatchObject({
      traceId: TRACE,
      parentId: CALLER,
      traceState: 'vendor=1',
      name: 'POST /rerank',
      kind: 2,
      status: 0,
    });
  });

  it('describes it by the semantic conventions, and by its model', () => {
    expect(request()?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/rerank',
      'http.response.status_code': 200,
      'url.path': '/rerank',
      'url.scheme': 'http',
      'client.address': '127.0.0.1',
      'rerankd.model': 'local://demo',
      'rerankd.documents': 2,
    });
    expect(request()?.attributes['rerankd.tokens']).toBeGreaterThan(4);
  });

  it.each(['rerank.tokenization', 'rerank.queue', 'rerank.inference'])('has its %s below it', (name) => {
    const below = collector.named(name).filter(({ parentId }) => parentId === request()?.spanId);
    expect(below).toHaveLength(1);
    expect(below[0]).toMatchObject({ traceId: TRACE, kind: 1 });
  });

  it('answers with the place of its own span', () => {
    expect(answered.get('traceparent')).toBe(`00-${TRACE}-${request()?.spanId}-01`);
    expect(answered.get('tracestate')).toBe('vendor=1');
  });

  it('records nothing that its caller does not want recorded, and keeps its trace all the same', () => {
    const trace = TRACE.replace('4', '5');
    expect(collector.spans.filter(({ traceId }) => traceId === trace)).toEqual([]);
    expect(untraced.get('traceparent')).toMatch(new RegExp(`^00-${trace}-[\\da-f]{16}-00$`));
  });

  it('begins a trace where the header is none, and tells an error of the client from one of its own', () => {
    const refused = collector.named('POST /rerank').find(({ parentId }) => parentId === '');
    expect(refused).toMatchObject({ status: 0, attributes: { 'http.response.status_code': 400 } });
    expect(refused?.traceId).toMatch(/^[\da-f]{32}$/);
  });

  it('has the phases of an update below it, within the request that asked for it', () => {
    const [asked] = collector.named('POST /update');
    const [update] = collector.named('update');
    expect(update).toMatchObject({
      traceId: TRACE,
      parentId: asked?.spanId,
      attributes: { 'rerankd.operation.status': 'succeeded', 'rerankd.operation.mode': 'beside' },
    });
    const phases = collector.spans
      .filter(({ parentId }) => parentId === update?.spanId)
      .map(({ name }) => name);
    expect(phases).toEqual(
      expect.arrayContaining([
        'update.resolve',
        'update.load',
        'update.check',
        'update.swap',
        'update.drain',
      ]),
    );
  });

  it('leaves probes out', () => {
    expect(collector.spans.filter(({ name }) => name.includes('healthz'))).toEqual([]);
  });

  it('holds no query and no document', () => {
    expect(collector.spans.length).toBeGreaterThan(10);
    for (const sent of collector.bodies) expect(sent.includes('secret')).toBe(false);
  });

  it('writes the trace into the log lines of a request', () => {
    const lines = service.log.lines.filter(({ requestId }) => requestId === 'asked-1');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatchObject({ trace_id: TRACE });
    expect(service.log.lines.find(({ audit }) => audit === true)).toMatchObject({ trace_id: TRACE });
  });
});

describe('the share of requests that are traced', () => {
  it('holds for those whose caller has not decided', async () => {
    await using collector = await OtlpCollector.listen();
    {
      await using service = await startService({
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.endpoint}/custom/path`,
        OTEL_TRACES_SAMPLER_ARG: '0',
      });
      await service.client.post('/rerank', body);
      await service.client.post('/rerank', body, { traceparent });
    }
    expect(collector.requests.map(({ path }) => path)).toEqual(['/custom/path']);
    expect(collector.named('POST /rerank').map(({ traceId }) => traceId)).toEqual([TRACE]);
  });
});

describe('a server without a collector', () => {
  it('still has the trace of a caller in its log, and answers with none', async () => {
    await using service = await startService();
    const { headers } = await service.client.post('/rerank', body, {
      traceparent,
      'x-request-id': 'asked-2',
    });
    expect(headers.get('traceparent')).toBeNull();
    expect(service.log.lines.find(({ requestId }) => requestId === 'asked-2')).toMatchObject({
      trace_id: TRACE,
    });
  });
});

describe('a collector in trouble', () => {
  /** Answers, closes, and gives what the metrics and the log have to say. */
  async function serveWith(endpoint: string, settings: Readonly<Record<string, string>> = {}) {
    await using service = await startService({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...settings });
    const statuses: number[] = [];
    for (let index = 0; index < 20; index++)
      statuses.push((await service.client.post('/rerank', body)).status);
    const closed = await service.service.close().then(() => true);
    return { statuses: new Set(statuses), closed, log: service.log };
  }

  it('that is gone costs no request its answer, and the end comes all the same', async () => {
    const gone = await OtlpCollector.listen();
    const { endpoint } = gone;
    await gone[Symbol.asyncDispose]();
    expect(await serveWith(endpoint)).toMatchObject({ statuses: new Set([200]), closed: true });
  });

  it('that hangs costs no request its answer, and the end comes all the same', async () => {
    await using hanging = await OtlpCollector.listen(() => {});
    expect(await serveWith(hanging.endpoint)).toMatchObject({ statuses: new Set([200]), closed: true });
    expect(hanging.requests.length).toBeGreaterThan(0);
  });

  it('that hangs is waited for only for so long at the end', async () => {
    let hasLeft = false;
    const asked = Promise.withResolvers<void>();
    await using hanging = await OtlpCollector.listen((request, response) => {
      request.resume();
      if (request.url === '/probe') {
        response.end();
        return;
      }
      response.once('close', () => {
        hasLeft = true;
      });
      asked.resolve();
    });
    const clock = new ManualClock();
    const tracing = await openTracing({
      url: hanging.endpoint,
      headers: {},
      serviceName: 'rerankd',
      version: '0',
      sampledShare: 1,
      clock,
      logger: new LogBook().logger,
      metrics: someMetrics(),
    });
    tracing.record({ name: 'work', from: 0, to: 1 }, undefined);
    const closed = tracing.close();
    await asked.promise;
    clock.advance(3_000);
    await closed;
    // By the time of its answer the collector knows of connections that ended before: the export still hangs.
    await fetch(`${hanging.endpoint}/probe`);
    expect(hasLeft).toBe(false);
  });

  it('that refuses is told of once, and counted', async () => {
    await using refusing = await OtlpCollector.listen((request, response) => {
      request.resume();
      response.writeHead(401).end('no');
    });
    const { statuses, log } = await serveWith(refusing.endpoint);
    expect(statuses).toEqual(new Set([200]));
    expect(log.messages.filter((message) => message.includes("can't be delivered"))).toHaveLength(1);
  });
});
