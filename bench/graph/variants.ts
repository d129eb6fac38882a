import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Compilation } from '../../src/graph/compile/compilation.ts';
import { MODEL_FILE } from '../../src/graph/compile/files.ts';
import { encodeModel } from '../../src/graph/onnx/encode.ts';
import type { Model } from '../../src/graph/onnx/model.ts';
import {
  type GraphFormat,
  type PlannedCheckpoint,
  planModel,
  planObserver,
} from '../../src/graph/plan-model.ts';
import { Checkpoint } from '../../src/graph/safetensors/checkpoint.ts';
import type { CompiledForBench } from './compile-for-bench.ts';
import { Contender } from './contender.ts';
import { middleAndRange } from './middle-and-range.ts';
import type { SpeedOptions } from './speed.ts';
import {
  type Transform,
  withMultiHeadAttention,
  withSkipLayerNorm,
  withWholeLastLayer,
} from './transforms.ts';

const VARIANTS: readonly {
  readonly name: string;
  readonly transform: Transform;
  readonly optimization: 'all' | 'disabled';
}[] = [
  { name: 'as served', transform: (model) => model, optimization: 'disabled' },
  { name: 'last layer for all rows', transform: withWholeLastLayer, optimization: 'disabled' },
  { name: 'SkipLayerNormalization', transform: withSkipLayerNorm, optimization: 'disabled' },
  { name: 'MultiHeadAttention + mask', transform: withMultiHeadAttention, optimization: 'disabled' },
  {
    name: 'all three',
    transform: (model) => withSkipLayerNorm(withMultiHeadAttention(withWholeLastLayer(model))),
    optimization: 'disabled',
  },
  { name: 'optimized by ONNX Runtime', transform: (model) => model, optimization: 'all' },
];

/**
 * Lets variants of rerankd's graphs take turns with the plain one, one thread each.
 * @param directory an empty one, for the variants
 * @returns the table
 */
export async function measureVariants(
  { config, plain, fp32 }: CompiledForBench,
  directory: string,
  { tokens, rounds, seconds }: SpeedOptions,
  note: (line: string) => void,
): Promise<string> {
  const shared = { tokens, vocabulary: config.vocab_size, threads: 1, batch: 1 };
  const tables: string[] = [];
  for (const dtype of ['int8', 'fp32'] as const) {
    const target = join(directory, dtype);
    const model = await writeUnpacked(fp32.directory, target, dtype);
    const contenders = [
      await Contender.start('plain, fp32', 1, { ...shared, model: plain, optimization: 'all' }),
    ];
    for (const { name, transform, optimization } of VARIANTS) {
      const path = join(target, `${contenders.length}.onnx`);
      await writeFile(path, encodeModel(transform(model)));
      contenders.push(
        await Contender.start(`${dtype}, ${name}`, 1, { ...shared, model: path, optimization }),
      );
    }
    for (let round = 1; round <= rounds; round++) {
      for (const contender of contenders) await contender.round(seconds);
      note(`${dtype}: round ${round} of ${rounds}`);
    }
    for (const contender of contenders) await contender.stop();
    tables.push(table(contenders, tokens));
    await rm(target, { recursive: true });
  }
  return tables.join('\n');
}

/** Compiles without packing: each session packs for itself, whatever form its nodes have. */
async function writeUnpacked(checkpoint: string, target: string, dtype: 'fp32' | 'int8'): Promise<Model> {
  await mkdir(target, { recursive: true });
  await link(join(checkpoint, 'model.safetensors'), join(target, 'model.safetensors'));
  const config: unknown = JSON.parse(await readFile(join(checkpoint, 'config.json'), 'utf8'));
  const { tensors } = await Checkpoint.open(checkpoint);
  const graph = formatOf(dtype, { config, tensors });
  const compilation = await Compilation.begin({ checkpoint, target, graph });
  for (let step = 0; step < compilation.steps; step++) await compilation.write(step);
  await compilation.finish();
  await rm(join(target, MODEL_FILE));
  return planModel({ config, tensors }, graph).model;
}

/** Speed does not depend on how wide channels are: ones will do. */
function formatOf(dtype: 'fp32' | 'int8', checkpoint: PlannedCheckpoint): GraphFormat {
  if (dtype === 'fp32') return { dtype };
  const { norms } = planObserver(checkpoint);
  const widths = Object.fromEntries(norms.map(({ name, hidden }) => [name, Array(hidden).fill(1)]));
  return { dtype, bits: 8, widths };
}

function table(contenders: readonly Contender[], tokens: number): string {
  const [plain] = contenders;
  const lines = contenders.map(({ name, rates }) => {
    const ratios = rates.map((rate, round) => rate / (plain?.rates[round] ?? Number.NaN));
    return `${name.padEnd(38)} ${middleAndRange(rates, 1).padStart(22)} ${middleAndRange(ratios, 2).padStart(20)}`;
  });
  return [
    '',
    `${`${tokens} tokens, one thread`.padEnd(38)} ${'docs/s'.padStart(22)} ${'/ plain'.padStart(20)}`,
    ...lines,
  ].join('\n');
}
