import { join } from 'node:path';
import { ServiceError } from '../../errors.ts';
import { MODEL_FILE } from '../../graph/compile/files.ts';
import { COMPILER_VERSION } from '../../graph/compile/version.ts';
import { CallFailed } from '../../platform/process/child-link.ts';
import type { Processor } from '../../platform/processor.ts';
import type { CompiledKey } from '../../store/compiled-cache.ts';
import { type CompileOrder, compileCheckpoint } from './compile-checkpoint.ts';
import type { CompileSettings } from './compile-settings.ts';

/**
 * The directory with the graph of a checkpoint: the one that was compiled before, or a new one.
 * @throws ServiceError invalid_model that says what can't be compiled.
 */
export async function compiledModel(
  order: CompileOrder,
  settings: CompileSettings,
  signal: AbortSignal,
): Promise<string> {
  const { cache, logger, processor } = settings;
  const key = compiledKey(order, processor);
  const known = await cache.find(key);
  if (known !== undefined) return known;
  logger.info(`compiling a graph in ${order.dtype} for ${order.runtime.device}`);
  return await cache.build(key, (directory) =>
    compileCheckpoint(order, directory, settings, signal).catch((error) => {
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof CallFailed)) throw error;
      throw new ServiceError('invalid_model', `this checkpoint can't be compiled: ${error.message}`, {
        cause: error,
      });
    }),
  );
}

/** Under which name that graph is kept. */
function compiledKey({ model, dtype, runtime }: CompileOrder, { isa }: Processor): CompiledKey {
  const version = `${COMPILER_VERSION}.ort${runtime.version}`;
  return { modelDigest: model.digest, dtype, device: runtime.device, isa, version };
}

/** The file in a compiled directory that engines load. */
export function modelFileIn(directory: string): string {
  return join(directory, MODEL_FILE);
}
