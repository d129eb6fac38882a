import { expect, test } from 'vitest';
import { downloadBench, KIB } from '../../support/downloads.ts';
import { seededContent, sha256Of } from '../../support/fake-hub/content.ts';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';

const weights = seededContent('weights', 32 * 64 * KIB);

async function hubAndMirror() {
  const hub = await startFakeHub();
  const mirror = await startFakeHub({ mirrorOf: hub });
  hub.repository('acme/model').commit({ 'model.safetensors': weights });
  const path = '/acme/model/resolve/main/model.safetensors';
  return {
    hub,
    mirror,
    urls: [new URL(path, hub.origin), new URL(path, mirror.origin)] as const,
    async [Symbol.asyncDispose]() {
      hub.kill();
      mirror.kill();
      await Promise.resolve();
    },
  };
}

test('a mirror finishes what a source began that died half-way', async () => {
  await using at = await hubAndMirror();
  at.hub.dieAfter(weights.size / 2);
  const bench = await downloadBench(weights);
  await bench.fetch(...at.urls);
  await bench.expectDone();
  expect(bench.metrics.failovers).toBe(1);
  const [first = 0, second = 0] = [bench.told['source-1'], bench.told['source-2']];
  expect(first + second).toBe(weights.size);
  expect(first).toBeGreaterThan(weights.size * 0.3);
  // Nothing that had come was asked for again.
  expect(at.mirror.requests.bytesSent(sha256Of(weights))).toBe(second);
  expect(bench.book.find(/another source goes on/)).toBeDefined();
});

test('a source that has not got it is left at once', async () => {
  await using at = await hubAndMirror();
  at.hub.fault(
    { path: 'model.safetensors', times: 100 },
    { kind: 'status', status: 404, errorCode: 'EntryNotFound' },
  );
  const bench = await downloadBench(weights, { workers: 1 });
  await bench.fetch(...at.urls);
  await bench.expectDone();
  expect(at.hub.requests.all).toHaveLength(1);
});

test('a source has another turn when the others fail too', async () => {
  await using at = await hubAndMirror();
  at.hub.fault({ path: 'model.safetensors', times: 4 }, { kind: 'status', status: 502 });
  at.mirror.fault({ path: 'model.safetensors', times: 1000 }, { kind: 'status', status: 502 });
  const bench = await downloadBench(weights, { workers: 1 });
  await bench.fetch(...at.urls);
  await bench.expectDone();
  expect(bench.told).toEqual({ 'source-1': weights.size });
  expect(bench.metrics.failovers).toBe(2);
});

test('when all fail, the error says why, one by one', async () => {
  await using at = await hubAndMirror();
  at.hub.fault(
    { path: 'model.safetensors', times: 1000 },
    { kind: 'status', status: 401, errorCode: 'GatedRepo' },
  );
  at.mirror.kill();
  const bench = await downloadBench(weights);
  await expect(bench.fetch(...at.urls)).rejects.toMatchObject({
    type: 'source_failed',
    message: expect.stringMatching(/source-1: status 401 GatedRepo; source-2: .*no connection/) as string,
  });
});

test('a mirror with other bytes is found out, and the next one is asked for all of it', async () => {
  await using at = await hubAndMirror();
  at.hub.fault({ path: sha256Of(weights), server: 'cdn', times: 1000 }, { kind: 'flip', at: 100 });
  const bench = await downloadBench(weights);
  await bench.fetch(...at.urls);
  await bench.expectDone();
  expect(bench.metrics.retries).toEqual({ wrong_hash: 1 });
  expect(at.mirror.requests.bytesSent(sha256Of(weights))).toBe(weights.size);
});
