import { readdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scratchDirectory } from '../support/directories.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';

let state: Awaited<ReturnType<typeof scratchDirectory>>;
let server: ServiceUnderTest | undefined;
beforeEach(async () => {
  state = await scratchDirectory();
});
afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
});

// With one processor there is nothing to choose.
it.runIf(availableParallelism() > 1)(
  'a plan is measured once, says why, and is measured again when its file is damaged',
  async () => {
    const start = async (): Promise<{ measured: boolean; chosen: string | undefined }> => {
      server = await startService({
        RERANK_STATE_DIR: state.path,
        RERANK_ENGINES: 'auto',
        RERANK_THREADS: 'auto',
      });
      const chosen = server.log.find(/is fastest here, \d+ tokens a second/);
      await server[Symbol.asyncDispose]();
      return { measured: chosen !== undefined, chosen };
    };
    const first = await start();
    expect(first.chosen).toMatch(/local:\/\/demo: \d+ × \d+ threads?, .* is fastest here/);
    expect((await start()).measured).toBe(false);
    const [file = ''] = await readdir(join(state.path, 'plans'));
    await writeFile(join(state.path, 'plans', file), '[{"engines": -1}]');
    expect((await start()).measured).toBe(true);
  },
);
