import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Engine } from '../../src/engine/engine.ts';
import { Compilation } from '../../src/graph/compile/compilation.ts';
import { MODEL_FILE } from '../../src/graph/compile/files.ts';
import { encodeModel } from '../../src/graph/onnx/encode.ts';
import { type GraphFormat, type PlannedCheckpoint, planModel } from '../../src/graph/plan-model.ts';
import { Checkpoint } from '../../src/graph/safetensors/checkpoint.ts';
import { linkWeights } from '../../src/model/compile/link-weights.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { scratchDirectory } from './directories.ts';
import { LogBook } from './log-book.ts';
import { testEnvironment } from './test-environment.ts';
import { withoutPackedAttention } from './unpacked-attention.ts';

async function readCheckpoint(directory: string): Promise<PlannedCheckpoint> {
  const { tensors } = await Checkpoint.open(directory);
  return { config: JSON.parse(await readFile(join(directory, 'config.json'), 'utf8')), tensors };
}

/** A checkpoint in a form for GPUs, on the CPU: with attention that it has, and half precision as far as it goes. */
export async function startForm(
  checkpointDirectory: string,
  format: GraphFormat & { readonly dtype: 'fp32' | 'fp16' },
) {
  const scratch = await scratchDirectory();
  const checkpoint = await readCheckpoint(checkpointDirectory);
  const files = [...checkpoint.tensors.values()].map(({ file }) => file);
  await linkWeights(checkpointDirectory, [...new Set(files)], scratch.path);
  const compilation = await Compilation.begin({
    checkpoint: checkpointDirectory,
    target: scratch.path,
    graph: format,
  });
  for (let step = 0; step < compilation.steps; step++) await compilation.write(step);
  await compilation.finish();
  const modelFile = join(scratch.path, MODEL_FILE);
  if (format.form?.tokens === 'packed') {
    const { model } = planModel(checkpoint, format);
    const type = format.dtype === 'fp16' ? 'float16' : 'float32';
    await writeFile(modelFile, encodeModel(withoutPackedAttention(model, type)));
  }
  const engine = await Engine.start(
    {
      name: 'form',
      modelFile,
      device: 'cpu',
      threads: 1,
      optimization: 'none',
      env: testEnvironment({}),
      loadTimeoutMs: 60_000,
      runTimeoutMs: 60_000,
      clock: systemClock,
      logger: new LogBook().logger,
    },
    new AbortController().signal,
  );
  return {
    engine,
    [Symbol.asyncDispose]: async () => {
      engine.kill('the test is over');
      await engine.lost;
      await scratch[Symbol.asyncDispose]();
    },
  };
}
