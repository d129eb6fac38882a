import { afterEach, describe, expect, it } from 'vitest';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import type { OperationView } from '../support/client.ts';
import { expectError } from '../support/error-answer.ts';
import { enginesOf } from '../support/processes.ts';
import { launchService, type ServiceUnderTest, startService } from '../support/running-service.ts';
import { until } from '../support/until.ts';

/** Every series that dashboards and alerts may rest on. */
const SERIES = [
  'rerankd_http_requests_total',
  'rerankd_http_request_duration_seconds',
  'rerankd_tokenization_duration_seconds',
  'rerankd_queue_duration_seconds',
  'rerankd_inference_duration_seconds',
  'rerankd_request_documents',
  'rerankd_queue_pairs',
  'rerankd_queue_tokens',
  'rerankd_admitted_tokens',
  'rerankd_requests_refused_total',
  'rerankd_batch_pairs',
  'rerankd_batch_tokens',
  'rerankd_batch_inference_duration_seconds',
  'rerankd_engines_ready',
  'rerankd_engine_restarts_total',
  'rerankd_batch_retries_total',
  'rerankd_swaps_total',
  'rerankd_swap_duration_seconds',
  'rerankd_swap_lock_held_seconds',
  'rerankd_model_info',
] as const;

describe('the probes', () => {
  let server: ServiceUnderTest;
  afterEach(() => server[Symbol.asyncDispose]());

  async function statuses(): Promise<Record<string, number>> {
    const paths = ['healthz', 'livez', 'readyz', 'startupz'];
    const answers = await Promise.all(paths.map((path) => server.client.get(`/${path}`)));
    return Object.fromEntries(answers.map(({ status }, at) => [paths[at], status]));
  }

  it('say that it lives but is not ready while the first model loads', async () => {
    server = await launchService();
    expect(await statuses()).toEqual({ healthz: 503, livez: 200, readyz: 503, startupz: 503 });
    const ready = await server.client.get('/readyz');
    expect(ready.headers.get('retry-after')).toBe('1');
    expect(ready.body).toEqual({ status: 'not ready', reason: 'the first model is not loaded yet' });
    const health = await server.client.get('/healthz');
    expect(health.body).toEqual({ status: 'unhealthy', model: null, reason: 'no model is loaded yet' });
    const early = await server.client.post('/rerank', { query: QUERY, documents: DOCUMENTS });
    expectError(early, 503, 'unavailable', /no model is loaded yet/);
    expect(early.headers.get('retry-after')).toBe('1');
    expectError(
      await server.client.post('/update', { model_path: 'demo-next' }),
      503,
      'unavailable',
      /still loading/,
    );
    await server.service.ready;
    expect(await statuses()).toEqual({ healthz: 200, livez: 200, readyz: 200, startupz: 200 });
  });

  it('say that all is well when the model serves, before any request as well as after one', async () => {
    server = await startService();
    const health = { status: 'healthy', model: 'local://demo' };
    expect((await server.client.get('/healthz')).body).toEqual(health);
    await server.client.rerank(QUERY, DOCUMENTS);
    expect((await server.client.get('/healthz')).body).toEqual(health);
    expect((await server.client.get('/readyz')).body).toEqual({ status: 'ready' });
    expect((await server.client.get('/startupz')).body).toEqual({ status: 'started' });
    expect((await server.client.get('/livez')).body).toEqual({ status: 'live' });
  });

  it('stay green through every moment of an update', async () => {
    server = await startService();
    const { body } = await server.client.post<{ operation: OperationView }>(
      '/update',
      { model_path: 'local://demo-next' },
      { prefer: 'respond-async' },
    );
    const phases = new Set<string>();
    await until('the update ends', async () => {
      expect(await statuses()).toEqual({ healthz: 200, livez: 200, readyz: 200, startupz: 200 });
      const { body: view } = await server.client.get<OperationView>(`/update/${body.operation.id}`);
      phases.add(view.phase);
      return view.status === 'succeeded';
    });
    expect(phases).toContain('load');
    expect((await server.client.get('/healthz')).body).toEqual({
      status: 'healthy',
      model: 'local://demo-next',
    });
  });

  it('turn red while no engine is there, and green again with the first one', async () => {
    server = await startService({ RERANK_ENGINES: '1' });
    const [engine] = await enginesOf(process.pid);
    process.kill(engine ?? 0, 'SIGKILL');
    const down = await until('the loss is noticed', async () => {
      const answer = await server.client.get<{ reason?: string }>('/readyz');
      return answer.status === 503 ? answer : undefined;
    });
    expect(down.body.reason).toBe('no engine is ready');
    await until('it is ready again', async () => (await server.client.get('/readyz')).status === 200);
    expect(await statuses()).toEqual({ healthz: 200, livez: 200, readyz: 200, startupz: 200 });
  });

  it('have figures beside them', async () => {
    server = await startService();
    await server.client.rerank(QUERY, DOCUMENTS);
    await server.client.update('local://demo-next');
    const { status, headers, body } = await server.client.get<string>('/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    for (const name of SERIES)
      expect(body).toMatch(new RegExp(`^# TYPE ${name} (counter|gauge|histogram)$`, 'm'));
    expect(body).toMatch(/^rerankd_http_requests_total\{route="\/rerank",method="POST",status="200"\} 1$/m);
    const named = body.split('\n').filter((line) => line.startsWith('rerankd_model_info{'));
    expect(named).toHaveLength(1);
    for (const label of ['model="local://demo-next"', 'generation="2"', 'device="cpu"']) {
      expect(named[0]).toContain(label);
    }
    expect(await server.client.metric('rerankd_engines_ready')).toBe(2);
    expect(await server.client.metric('rerankd_request_documents_sum')).toBe(DOCUMENTS.length);
    expect(await server.client.metric('rerankd_admitted_tokens')).toBe(0);
    expect(await server.client.metric('rerankd_queue_pairs')).toBe(0);
    expect(await server.client.metric('rerankd_swap_lock_held_seconds_count')).toBe(1);
  });
});
