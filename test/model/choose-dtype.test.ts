import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chooseDtype, type FastDtype } from '../../src/model/choose-dtype.ts';
import { Generation } from '../../src/model/generation.ts';
import type { GenerationSettings } from '../../src/model/generation-settings.ts';
import type { ServableGraph } from '../../src/model/servable-graph.ts';
import { type FakeGeneration, fakeGeneration } from '../support/fake-generation.ts';
import { LogBook } from '../support/log-book.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const model = { reference: 'local://demo', digest: 'd', directory: '/nowhere' };
const outOfMemory = new Error('Failed to allocate memory for requested buffer of size 4096');

/** Those that were loaded, in order. */
let loaded: FakeGeneration[];
/** What the warm-up of each fails on. */
let failures: (Error | undefined)[];
let directory: string;
let log: LogBook;

beforeEach(async () => {
  loaded = [];
  failures = [];
  directory = await temporaryDirectory();
  log = new LogBook();
  vi.spyOn(Generation, 'load').mockImplementation(async ({ graph }) => {
    const failure = failures.shift();
    const warm = () => (failure === undefined ? Promise.resolve() : Promise.reject(failure));
    const generation = Object.assign(fakeGeneration(graph.dtype), { warm });
    loaded.push(generation);
    return generation;
  });
});
afterEach(() => vi.restoreAllMocks());

function choose(fast: FastDtype): Promise<string> {
  const graphIn = async (dtype: string) =>
    ({ dtype, modelFile: join(directory, dtype, 'model.onnx'), weightBytes: 1 }) as ServableGraph;
  const budget = { cpus: 4, memoryBytes: 2 ** 30 };
  const settings = { device: 'cpu', engines: 1, threads: 1, maxBatchTokens: 'auto', budget };
  const parts = { ...settings, clock: new ManualClock(), logger: log.logger };
  return chooseDtype(model, graphIn, parts as unknown as GenerationSettings, {
    fast,
    isTight: false,
    signal: new AbortController().signal,
  });
}

describe('a comparison for which there is too little memory', () => {
  it.each([
    ['fp32', [outOfMemory]],
    ['the fast form', [undefined, outOfMemory]],
  ])('to warm up %s leaves nothing loaded', async (_which, errors) => {
    failures = [...errors];
    expect(await choose('fp16')).toBe('fp16');
    expect(log.find(/too little memory to compare fp16 with fp32/)).toBeDefined();
    expect(loaded.map(({ isClosed }) => isClosed)).toEqual(errors.map(() => true));
  });
});
