import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { lockDirectory } from '../../src/platform/directory-lock.ts';
import { OpenTelemetryTracing } from '../../src/platform/tracing/otlp/open-telemetry-tracing.ts';
import { ServingRecord } from '../../src/serving/state/serving-record.ts';
import { ModelSources } from '../../src/store/model-sources.ts';
import { Leases } from '../../src/store/retention/leases.ts';
import { embeddedModels } from '../support/directories.ts';
import { ImpatientClock } from '../support/impatient-clock.ts';
import { startService } from '../support/running-service.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { testEnvironment } from '../support/test-environment.ts';

const run = promisify(execFile);
const startOnce = fileURLToPath(new URL('../support/start-once.ts', import.meta.url));

/** Nobody listens there: what is traced stays here. */
const TRACES = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };

/** A port that somebody else listens on. */
async function takePort(): Promise<AsyncDisposable & { readonly port: string }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const close = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  return { port: String(port), [Symbol.asyncDispose]: close };
}

/** A state directory that somebody else works in. */
async function takeStateDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await temporaryDirectory();
  const lock = await lockDirectory(path, 0, systemClock);
  return { path, [Symbol.asyncDispose]: async () => await lock?.release() };
}

describe('a server that can not start', () => {
  /** Ends when nothing keeps the process. @returns what it said. */
  async function startAlone(settings: Readonly<Record<string, string>>): Promise<string> {
    const env = testEnvironment({ RERANK_MODELS_DIR: embeddedModels, ...TRACES, ...settings });
    return (await run(process.execPath, [startOnce], { env })).stdout;
  }

  it('leaves no process, timer or handle where its port is taken', async () => {
    await using taken = await takePort();
    const RERANK_STATE_DIR = await temporaryDirectory();
    expect(await startAlone({ PORT: taken.port, RERANK_STATE_DIR })).toMatch(/EADDRINUSE/);
  });

  it('nor where another one works in its state directory', async () => {
    await using taken = await takeStateDirectory();
    expect(await startAlone({ PORT: '0', RERANK_STATE_DIR: taken.path })).toMatch(/another rerankd works/);
  });
});

describe('a start that fails closes what it has opened', () => {
  let closed: Readonly<Record<'tracing' | 'sources' | 'leases' | 'record', { mock: { calls: unknown[] } }>>;
  beforeEach(() => {
    closed = {
      tracing: vi.spyOn(OpenTelemetryTracing.prototype, 'close'),
      sources: vi.spyOn(ModelSources.prototype, 'close'),
      leases: vi.spyOn(Leases.prototype, 'close'),
      record: vi.spyOn(ServingRecord.prototype, 'close'),
    };
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const start = (settings: Readonly<Record<string, string>>) =>
    startService({ ...TRACES, ...settings }, { clock: new ImpatientClock() });
  const timesClosed = () =>
    Object.fromEntries(Object.entries(closed).map(([name, { mock }]) => [name, mock.calls.length]));

  it('where its port is taken, and frees the state directory', async () => {
    await using taken = await takePort();
    const path = await temporaryDirectory();
    await expect(start({ PORT: taken.port, RERANK_STATE_DIR: path })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    expect(timesClosed()).toEqual({ tracing: 1, sources: 1, leases: 1, record: 1 });
    const lock = await lockDirectory(path, 0, systemClock);
    expect(lock).toBeDefined();
    await lock?.release();
  });

  it('where another one works in its state directory, before it begins to trace', async () => {
    await using taken = await takeStateDirectory();
    await expect(start({ PORT: '0', RERANK_STATE_DIR: taken.path })).rejects.toMatchObject({
      type: 'unavailable',
    });
    expect(timesClosed()).toEqual({ tracing: 0, sources: 1, leases: 1, record: 0 });
  });
});
