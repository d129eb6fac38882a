import { constants, copyFile, link } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Puts the weights of a checkpoint beside its graph, which refers to them by bare names: ONNX Runtime allows nothing else.
 * Links share their bytes in memory and on disk; file systems without them get copies.
 * @param files of the checkpoint
 */
export async function linkWeights(from: string, files: readonly string[], to: string): Promise<void> {
  for (const name of files.filter((file) => file.endsWith('.safetensors'))) {
    await link(join(from, name), join(to, name)).catch(() =>
      copyFile(join(from, name), join(to, name), constants.COPYFILE_FICLONE),
    );
  }
}
