import { readFile } from 'node:fs/promises';
import { childEnvironment } from '../../src/child-environment.ts';
import { Engine } from '../../src/engine/engine.ts';
import { EnginePool, type EnginePoolOptions } from '../../src/engine/engine-pool.ts';
import type { LoadableModel } from '../../src/model/loadable-model.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logger.ts';

const ENGINES = 4;
const TIMEOUT_MS = 60_000;

/** Starts after the first, which brings the files into the page cache. */
const REPEATS = 3;

const never = new AbortController().signal;

/** Measures how long engines take to be ready, and what a second one costs in memory. @returns the lines to print */
export async function measureLoad(model: LoadableModel, note: (line: string) => void): Promise<string> {
  const options: EnginePoolOptions = {
    ...model.graph,
    name: 'engine',
    device: 'cpu',
    threads: 1,
    env: childEnvironment({ PATH: '/usr/bin:/bin' }),
    loadTimeoutMs: TIMEOUT_MS,
    runTimeoutMs: TIMEOUT_MS,
    size: ENGINES,
    together: true,
    onRestart: () => {},
    clock: systemClock,
    logger: createLogger({ level: 'warn', format: 'text', destination: 2 }),
  };
  const lines = ['', `${model.graph.dtype}, ${ENGINES} engines ready after, ms`];
  for (const together of [true, false]) {
    const times: number[] = [];
    for (let repeat = 0; repeat <= REPEATS; repeat++) times.push(await timeToReady({ ...options, together }));
    note(`engines started ${REPEATS + 1} times`);
    const warm = times.slice(1).map((ms) => Math.round(ms));
    lines.push(
      `  ${(together ? 'at a start, together' : 'at an update, one by one').padEnd(28)} ${warm.join(', ')}`,
    );
  }
  return [...lines, ...(await memoryLines(options)), ''].join('\n');
}

async function timeToReady(options: EnginePoolOptions): Promise<number> {
  const begun = performance.now();
  const pool = await EnginePool.start(options, () => {}, never);
  const ready = performance.now() - begun;
  await pool.close();
  return ready;
}

async function memoryLines(options: EnginePoolOptions): Promise<string[]> {
  const first = await startUsed(options);
  const alone = await memoryOf(first);
  const second = await startUsed(options);
  const beside = await memoryOf(second);
  for (const engine of [first, second]) {
    engine.kill('it was measured');
    await engine.lost;
  }
  const share = ((100 * beside.privateMiB) / alone.privateMiB).toFixed(1);
  return [
    'memory after a run of 128 tokens, MiB        private   of it anonymous',
    `  the first engine, alone                   ${String(alone.privateMiB).padStart(8)} ${String(alone.anonymousMiB).padStart(17)}`,
    `  a second engine                           ${String(beside.privateMiB).padStart(8)} ${String(beside.anonymousMiB).padStart(17)}`,
    `  second / first                            ${`${share} %`.padStart(8)}`,
  ];
}

/** An engine whose weights have all been touched once. */
async function startUsed(options: EnginePoolOptions): Promise<Engine> {
  const engine = await Engine.start(options, never);
  const length = 128;
  const ids = Int32Array.from({ length }, (_, index) => 5 + index);
  await engine.run({ lengths: Uint32Array.of(length), ids, typeIds: new Uint8Array(length) });
  return engine;
}

async function memoryOf({ pid }: Engine): Promise<{ privateMiB: number; anonymousMiB: number }> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const mebibytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0) / 1024;
  return {
    privateMiB: Math.round(mebibytes('Private_Clean') + mebibytes('Private_Dirty')),
    anonymousMiB: Math.round(mebibytes('Anonymous')),
  };
}
