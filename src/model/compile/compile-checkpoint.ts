import { join } from 'node:path';
import type { Runtime } from '../../engine/choose-device.ts';
import { prepack } from '../../engine/prepack.ts';
import { Compiler } from '../../graph/compile/compiler.ts';
import { PACKED_FILE, PACKED_WEIGHTS_FILE, UNPACKED_FILE } from '../../graph/compile/files.ts';
import { gpuFormat } from '../../graph/gpu-format.ts';
import type { GraphDtype, GraphFormat } from '../../graph/plan-model.ts';
import { readConfig } from '../../graph/read-config.ts';
import type { StagedModel } from '../../store/staging.ts';
import type { CompileSettings } from './compile-settings.ts';
import { linkWeights } from './link-weights.ts';
import { observeWidths } from './observe-widths.ts';

/** What to compile, and for what. */
export interface CompileOrder {
  readonly model: StagedModel;
  /** Names of the checkpoint's files in the model's directory. */
  readonly files: readonly string[];
  readonly dtype: GraphDtype;
  readonly runtime: Runtime;
}

/** How far it is, of 1, when channel widths are known (int8 only), weights are written, and packed; hashing is the rest. */
const OBSERVED_SHARE = 0.3;
const WRITTEN_SHARE = 0.6;
const PACKED_SHARE = 0.9;

const REPORT_EVERY_MS = 5_000;

/**
 * Fills an empty directory with what engines load.
 * @throws CallFailed when a process refuses it, ChildLost when one ends; ServiceError invalid_model
 */
export async function compileCheckpoint(
  order: CompileOrder,
  directory: string,
  settings: CompileSettings,
  signal: AbortSignal,
): Promise<void> {
  const { model, files, dtype, runtime } = order;
  const { clock, logger, loadTimeoutMs, childEnv } = settings;
  const options = { env: childEnv, clock, logger, timeoutMs: loadTimeoutMs };
  const report = reporter(dtype, settings);
  const graph = await formatFor(order, join(directory, 'observer'), settings, report, signal);
  await linkWeights(model.directory, files, directory);
  const request = { checkpoint: model.directory, target: directory, graph };
  const compiler = await Compiler.start(request, options, signal);
  try {
    const from = dtype === 'int8' ? OBSERVED_SHARE : 0;
    await compiler.writeWeights((share) => report(from + share * (WRITTEN_SHARE - from)), signal);
    if (isPacked(dtype, runtime)) {
      const modelFile = join(directory, UNPACKED_FILE);
      const packedFile = join(directory, PACKED_FILE);
      await prepack({ modelFile, packedFile, packedWeights: PACKED_WEIGHTS_FILE }, options, signal);
    }
    report(PACKED_SHARE);
    await compiler.finish();
    report(1);
  } finally {
    await compiler.close();
  }
}

/**
 * Whether the compiled weights are what kernels work on, so that engines can map them: on a CPU, except for fp16, whose weights
 * every engine widens for itself.
 */
export function isPacked(dtype: GraphDtype, { device }: Runtime): boolean {
  return device === 'cpu' && dtype !== 'fp16';
}

/** @param place for the graph that observes channel widths, where int8 needs one */
async function formatFor(
  { model, files, dtype, runtime }: CompileOrder,
  place: string,
  settings: CompileSettings,
  report: (share: number) => void,
  signal: AbortSignal,
): Promise<GraphFormat> {
  const { device } = runtime;
  if (dtype !== 'int8') {
    if (device !== 'cpu') return gpuFormat(await readConfig(model.directory), dtype, device);
    return dtype === 'fp32' ? { dtype } : { dtype, hasHalf: false };
  }
  const onProgress = (share: number): void => report(share * OBSERVED_SHARE);
  const widths = await observeWidths(model, files, place, settings, onProgress, signal);
  return { dtype, bits: settings.processor.hasInt8Dot ? 8 : 7, widths };
}

function reporter(dtype: GraphDtype, { clock, logger, onProgress }: CompileSettings) {
  let reportedAt = clock.now();
  return (share: number): void => {
    onProgress?.(dtype, share);
    if (clock.now() - reportedAt < REPORT_EVERY_MS) return;
    reportedAt = clock.now();
    logger.info(`compiling a graph in ${dtype}: ${Math.round(share * 100)} %`);
  };
}
