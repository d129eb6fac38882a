import { constants, copyFile, link } from 'node:fs/promises';
import { join } from 'node:path';
import type { Runtime } from '../engine/choose-device.ts';
import { prepack } from '../engine/prepack.ts';
import { ServiceError } from '../errors.ts';
import { Compiler } from '../graph/compile/compiler.ts';
import { MODEL_FILE, PACKED_FILE, PACKED_WEIGHTS_FILE, UNPACKED_FILE } from '../graph/compile/files.ts';
import { COMPILER_VERSION } from '../graph/compile/version.ts';
import type { GraphDtype } from '../graph/plan-model.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { CallFailed } from '../platform/process/child-link.ts';
import type { Processor } from '../platform/processor.ts';
import type { CompiledCache, CompiledKey } from '../store/compiled-cache.ts';
import type { StagedModel } from '../store/staging.ts';

export interface CompileSettings {
  readonly cache: CompiledCache;
  readonly processor: Processor;
  readonly childEnv: Readonly<Record<string, string>>;
  /** For each step of it. */
  readonly loadTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told the share that is done, 0 to 1, of compiling to a dtype. */
  readonly onProgress?: (dtype: GraphDtype, share: number) => void;
}

/** Share of the time that writing the weights takes; packing and hashing them takes the rest. */
const WRITING_SHARE = 0.6;
const PACKED_SHARE = 0.9;

const REPORT_EVERY_MS = 5_000;

/**
 * The directory with the graph of a checkpoint in a dtype: the one that was compiled before, or a new one.
 * @param files names of the checkpoint's files in the model's directory
 * @throws ServiceError invalid_model that says what can't be compiled.
 */
export async function compiledModel(
  model: StagedModel,
  files: readonly string[],
  dtype: GraphDtype,
  runtime: Runtime,
  settings: CompileSettings,
  signal: AbortSignal,
): Promise<string> {
  const { cache, logger } = settings;
  const key = compiledKey(model, dtype, runtime, settings.processor);
  const known = await cache.find(key);
  if (known !== undefined) return known;
  logger.info(`compiling a graph in ${dtype} for ${runtime.device}`);
  return await cache.build(key, async (directory) => {
    await linkFiles(model.directory, files, directory);
    await compileInto(directory, model, dtype, runtime, settings, signal).catch((error) => {
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof CallFailed)) throw error;
      throw new ServiceError('invalid_model', `this checkpoint can't be compiled: ${error.message}`, {
        cause: error,
      });
    });
  });
}

/**
 * Whether the compiled weights are what kernels work on, so that engines can map them: on a CPU, except for fp16, whose weights
 * every engine widens for itself.
 */
export function isPacked(dtype: GraphDtype, { device }: Runtime): boolean {
  return device === 'cpu' && dtype !== 'fp16';
}

/** Under which name that graph is kept. */
function compiledKey(
  { digest }: StagedModel,
  dtype: GraphDtype,
  { device, version }: Runtime,
  { isa }: Processor,
): CompiledKey {
  return { modelDigest: digest, dtype, device, isa, version: `${COMPILER_VERSION}.ort${version}` };
}

async function compileInto(
  directory: string,
  model: StagedModel,
  dtype: GraphDtype,
  runtime: Runtime,
  settings: CompileSettings,
  signal: AbortSignal,
): Promise<void> {
  const { clock, logger, loadTimeoutMs, childEnv, processor } = settings;
  const options = { env: childEnv, clock, logger, timeoutMs: loadTimeoutMs };
  let reportedAt = clock.now();
  const report = (share: number): void => {
    settings.onProgress?.(dtype, share);
    if (clock.now() - reportedAt < REPORT_EVERY_MS) return;
    reportedAt = clock.now();
    logger.info(`compiling a graph in ${dtype}: ${Math.round(share * 100)} %`);
  };
  const request = {
    checkpoint: model.directory,
    target: directory,
    dtype,
    int8Bits: processor.hasInt8Dot ? 8 : 7,
    hasHalf: runtime.device !== 'cpu',
  } as const;
  const compiler = await Compiler.start(request, options, signal);
  try {
    await compiler.writeWeights((share) => report(share * WRITING_SHARE), signal);
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
 * The graph refers to the checkpoint's files by bare names, which is all that ONNX Runtime allows. Links share their bytes in
 * memory and on disk; file systems without them get copies.
 */
async function linkFiles(from: string, files: readonly string[], to: string): Promise<void> {
  for (const name of files.filter((file) => file.endsWith('.safetensors'))) {
    await link(join(from, name), join(to, name)).catch(() =>
      copyFile(join(from, name), join(to, name), constants.COPYFILE_FICLONE),
    );
  }
}

/** The file in a compiled directory that engines load. */
export function modelFileIn(directory: string): string {
  return join(directory, MODEL_FILE);
}
