import { copyFile, link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment } from '../../src/child-environment.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { RaggedTokens } from '../../src/engine/protocol.ts';
import { Compilation } from '../../src/graph/compile/compilation.ts';
import { GRAPH_FORMS } from '../../src/graph/gpu-format.ts';
import type { GraphFormat } from '../../src/graph/plan-model.ts';
import { modelFileIn } from '../../src/model/compile/compiled-model.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { encodeRows, sortedBatches, toBatch } from '../card/batches.ts';
import { neededFlop, readShape, workOf } from '../card/model-flop.ts';
import type { Card } from '../card/options.ts';
import { type Spread, spreadOver } from '../card/parts/context.ts';
import { tidyJson } from '../serve/report/tidy-json.ts';
import { Workload } from '../serve/workload/workload.ts';
import { middleAndRange } from './middle-and-range.ts';

export interface CardFormsOptions {
  readonly device: Card;
  readonly rounds: number;
  /** Names of GRAPH_FORMS; all of them when left out. */
  readonly forms: readonly string[] | undefined;
  /** Tokens of a batch. */
  readonly batchTokens: number;
  readonly jsonFile: string | undefined;
  readonly isDryRun: boolean;
}

/** A kind of batches, and what each form made of it. */
interface BatchKind {
  readonly name: string;
  readonly batches: readonly RaggedTokens[];
}

interface Measured {
  readonly form: string;
  readonly batches: string;
  /** Of a batch, as ONNX Runtime took it. */
  readonly ms: Spread;
  readonly tokensPerSecond: Spread;
  readonly teraflops: number;
}

const LOAD_TIMEOUT_MS = 120_000;
const RUN_TIMEOUT_MS = 60_000;

const DOCUMENTS = 32;

/** Batches of each kind: one of long pairs, one of short ones and some between, where they are sorted. */
const MOST_BATCHES = 6;

const never = new AbortController().signal;

/**
 * Lets the forms that a graph has for a card take turns on the same batches.
 * @param directory an empty one
 * @returns the table
 */
export async function measureCardForms(
  checkpoint: string,
  directory: string,
  options: CardFormsOptions,
  note: (line: string) => void,
): Promise<string> {
  const kinds = await batchKinds(checkpoint, directory, options.batchTokens);
  const shape = await readShape(checkpoint);
  const names = options.forms ?? Object.keys(GRAPH_FORMS);
  const engines = new Map<string, Engine>();
  const faults: string[] = [];
  const times = new Map<string, number[]>();
  try {
    for (const name of names) {
      try {
        const form = GRAPH_FORMS[name];
        if (form === undefined) throw new Error(`there are ${Object.keys(GRAPH_FORMS).join('; ')}`);
        const format = { dtype: 'fp16', hasHalf: true, form } as const;
        const target = join(directory, `form-${engines.size}-${faults.length}`);
        engines.set(name, await start(await compile(checkpoint, target, format), options.device));
        note(`${name}: loaded`);
      } catch (error) {
        faults.push(`! ${name}: ${(error as Error).message}`);
      }
    }
    for (let round = 0; round <= options.rounds; round++) {
      for (const [name, engine] of engines) {
        for (const kind of kinds) {
          const key = `${name}\n${kind.name}`;
          try {
            const ms = await runAll(engine, kind.batches);
            // The first round chooses kernels and allocates.
            if (round > 0) times.set(key, [...(times.get(key) ?? []), ms]);
          } catch (error) {
            if (round === 0) faults.push(`! ${name}, ${kind.name}: ${(error as Error).message}`);
          }
        }
      }
      note(round === 0 ? 'warm-up' : `round ${round} of ${options.rounds}`);
    }
  } finally {
    for (const engine of engines.values()) {
      engine.kill('it was measured');
      await engine.lost;
    }
  }
  const measured = [...times].map(([key, values]): Measured => {
    const [form = '', batches = ''] = key.split('\n');
    const kind = kinds.find(({ name }) => name === batches) as BatchKind;
    const work = workOf(kind.batches.flatMap(({ lengths }) => [...lengths]));
    return {
      form,
      batches,
      ms: spreadOver(values.map((ms) => ms / kind.batches.length)),
      tokensPerSecond: spreadOver(values.map((ms) => (work.tokens * 1000) / ms)),
      teraflops: neededFlop(shape, work) / spreadOver(values).median / 1e9,
    };
  });
  if (options.jsonFile !== undefined) {
    await writeFile(options.jsonFile, tidyJson({ isDryRun: options.isDryRun, measured, faults }));
  }
  return table(measured, faults, options.isDryRun);
}

async function batchKinds(checkpoint: string, directory: string, budget: number): Promise<BatchKind[]> {
  const requests = join(directory, 'requests');
  await mkdir(requests, { recursive: true });
  const workload = await Workload.open(checkpoint, requests);
  const rowsOf = async (kind: 'mixed' | 'uniform') => {
    const file = await workload.requests(kind, DOCUMENTS);
    return await encodeRows(workload.encoder, workload.maxLength, file.requests);
  };
  const [mixed, uniform] = [await rowsOf('mixed'), await rowsOf('uniform')];
  const sorted = sortedBatches(mixed, budget);
  const step = Math.max(1, Math.floor(sorted.length / MOST_BATCHES));
  const few = sorted.filter((_, index) => index % step === 0).slice(0, MOST_BATCHES);
  const mean = Math.max(
    1,
    Math.floor(budget / (mixed.reduce((sum, row) => sum + row.ids.length, 0) / mixed.length)),
  );
  return [
    { name: 'sorted', batches: few },
    // As requests come, long beside short.
    {
      name: 'ragged',
      batches: [0, 1, 2]
        .map((index) => toBatch(mixed.slice(index * mean, (index + 1) * mean)))
        .filter(({ ids }) => ids.length > 0),
    },
    { name: '128 tokens', batches: sortedBatches(uniform, budget).slice(0, 3) },
    { name: '100 × 128', batches: [toBatch(uniform.slice(0, 100))] },
  ];
}

async function compile(checkpoint: string, target: string, graph: GraphFormat): Promise<string> {
  await mkdir(target, { recursive: true });
  const weights = [join(checkpoint, 'model.safetensors'), join(target, 'model.safetensors')] as const;
  // The checkpoint may lie on another disk.
  await link(...weights).catch(() => copyFile(...weights));
  const compilation = await Compilation.begin({ checkpoint, target, graph });
  for (let step = 0; step < compilation.steps; step++) await compilation.write(step);
  await compilation.finish();
  return modelFileIn(target);
}

function start(modelFile: string, device: Card): Promise<Engine> {
  return Engine.start(
    {
      modelFile,
      device,
      threads: 1,
      optimization: 'none',
      onlyDevice: true,
      name: 'engine',
      env: childEnvironment(process.env),
      loadTimeoutMs: LOAD_TIMEOUT_MS,
      runTimeoutMs: RUN_TIMEOUT_MS,
      clock: systemClock,
      logger: createLogger({ level: 'error', format: 'text', destination: 2 }),
    },
    never,
  );
}

/** @returns milliseconds of all batches together, one after the other, as ONNX Runtime took them. */
async function runAll(engine: Engine, batches: readonly RaggedTokens[]): Promise<number> {
  let ms = 0;
  for (const batch of batches) ms += (await engine.run(batch)).runMs;
  return ms;
}

function table(measured: readonly Measured[], faults: readonly string[], isDryRun: boolean): string {
  const lines = measured
    .toSorted((a, b) => a.batches.localeCompare(b.batches) || a.ms.median - b.ms.median)
    .map(
      ({ form, batches, ms, tokensPerSecond, teraflops }) =>
        `${batches.padEnd(12)} ${form.padEnd(18)} ${middleAndRange(ms.values, 2).padStart(26)} ${middleAndRange(tokensPerSecond.values, 0).padStart(32)} ${teraflops.toFixed(1).padStart(9)}`,
    );
  return [
    ...(isDryRun ? ['DRY RUN: the card computes nothing, no figure below means anything'] : []),
    `${'batches'.padEnd(12)} ${'form'.padEnd(18)} ${'ms a batch'.padStart(26)} ${'tokens/s'.padStart(32)} ${'TFLOP/s'.padStart(9)}`,
    ...lines,
    ...faults,
    '',
  ].join('\n');
}
