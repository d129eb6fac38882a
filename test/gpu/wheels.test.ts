import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startOnCard } from '../support/service-on-card.ts';
import { findStubCard } from '../support/stub-card/stub-card.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const { library = '', missing } = await findStubCard();

/** By their folders below `nvidia`, as the wheels of CUDA 13 have them. */
const WHEELS: Readonly<Record<string, readonly string[]>> = {
  cu13: ['libcudart.so.13', 'libcublas.so.13', 'libcublasLt.so.13', 'libcurand.so.10'],
  cudnn: ['libcudnn.so.9'],
};
const without = Object.values(WHEELS).flat();

async function virtualEnvironment(): Promise<string> {
  const root = await temporaryDirectory();
  for (const [wheel, names] of Object.entries(WHEELS)) {
    const folder = join(root, 'lib/python3.12/site-packages/nvidia', wheel, 'lib');
    await mkdir(folder, { recursive: true });
    for (const name of names) await symlink(join(library, name), join(folder, name));
  }
  return root;
}

describe.skipIf(missing)(
  `a card whose libraries are in a virtual environment${missing ? ` (not here: ${missing})` : ''}`,
  { timeout: 60_000 },
  () => {
    it('serves, and says where they are from', async () => {
      const root = await virtualEnvironment();
      await using server = await startOnCard(library, { VIRTUAL_ENV: root }, { without });
      expect((await server.client.info()).current).toMatchObject({ device: 'cuda' });
      expect(server.log.find(/engines get LD_LIBRARY_PATH/)).toBeDefined();
    });

    it('does not work without that environment', async () => {
      await expect(startOnCard(library, {}, { without })).rejects.toMatchObject({
        message: expect.stringContaining('libcudart.so.13'),
      });
    });
  },
);
