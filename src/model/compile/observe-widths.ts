import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { observeHighest } from '../../engine/observe.ts';
import type { RaggedTokens } from '../../engine/protocol.ts';
import { ServiceError } from '../../errors.ts';
import { Compiler } from '../../graph/compile/compiler.ts';
import { MODEL_FILE } from '../../graph/compile/files.ts';
import type { ChannelWidths } from '../../graph/weights/channel-widths.ts';
import type { StagedModel } from '../../store/staging.ts';
import { shippedProbeSet } from '../agreement/probe-set.ts';
import { readTokenLimit } from '../model-traits.ts';
import { TokenizerProcess } from '../tokenizer/tokenizer-process.ts';
import type { CompileSettings } from './compile-settings.ts';
import { linkWeights } from './link-weights.ts';

/**
 * Finds out how wide the channels of a model's layer norms get: runs it in single precision over texts of the shipped probe
 * set.
 * @param files names of the checkpoint's files in the model's directory
 * @param directory an empty one for the graph that observes; it is gone afterwards
 * @param onProgress told the share that is done, 0 to 1
 * @throws ServiceError invalid_model when the model gives no finite numbers; CallFailed, ChildLost
 */
export async function observeWidths(
  model: StagedModel,
  files: readonly string[],
  directory: string,
  settings: CompileSettings,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<ChannelWidths> {
  const { clock, logger, loadTimeoutMs, childEnv } = settings;
  const options = { env: childEnv, clock, logger, timeoutMs: loadTimeoutMs };
  await mkdir(directory);
  await linkWeights(model.directory, files, directory);
  const request = { checkpoint: model.directory, target: directory, graph: 'observer' } as const;
  const compiler = await Compiler.start(request, options, signal);
  try {
    await compiler.writeWeights(() => {}, signal);
    await compiler.finish();
  } finally {
    await compiler.close();
  }
  const batches = await encodeTexts(model, settings, signal);
  const observer = {
    modelFile: join(directory, MODEL_FILE),
    device: 'cpu',
    // The other half is left to whatever serves meanwhile.
    threads: Math.max(1, Math.floor(settings.budget.cpus / 2)),
    optimization: 'none',
  } as const;
  const onRun = (runs: number): void => onProgress(runs / batches.length);
  const highest = await observeHighest(observer, batches, options, onRun, signal);
  await rm(directory, { recursive: true });
  return split(highest, compiler.norms);
}

/**
 * The first pair of each query, a batch of its own: padding would be observed too. More pairs hardly change the ranks of int8
 * (docs/int8.md) and take their time.
 */
async function encodeTexts(
  model: StagedModel,
  settings: CompileSettings,
  signal: AbortSignal,
): Promise<RaggedTokens[]> {
  const tokenizer = await TokenizerProcess.start(
    {
      name: 'observer.tokenizer',
      tokenizerFile: join(model.directory, 'tokenizer.json'),
      env: settings.childEnv,
      loadTimeoutMs: settings.loadTimeoutMs,
      clock: settings.clock,
      logger: settings.logger,
    },
    signal,
  );
  try {
    const maxLength = await readTokenLimit(model.directory);
    const batches: RaggedTokens[] = [];
    for (const { query, documents } of shippedProbeSet()) {
      batches.push(await tokenizer.encode({ query, documents: documents.slice(0, 1), maxLength }));
    }
    return batches;
  } finally {
    tokenizer.kill('everything is encoded');
    await tokenizer.lost;
  }
}

function split(highest: Float32Array, norms: Compiler['norms']): ChannelWidths {
  if (!highest.every(Number.isFinite)) {
    throw new ServiceError('invalid_model', 'the model gives values that are not finite numbers', {
      detail: 'Its weights are damaged, or training has diverged.',
    });
  }
  let at = 0;
  const widths = norms.map(({ name, hidden }) => {
    const from = at;
    at += hidden;
    return [name, Array.from(highest.subarray(from, at))];
  });
  return Object.fromEntries(widths);
}
