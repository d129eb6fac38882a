import { describe, expect, it } from 'vitest';
import { ServerProcess } from '../support/server-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

describe('a second server', () => {
  it('waits for the state directory while its predecessor shuts down', async () => {
    const state = await temporaryDirectory();
    await using first = ServerProcess.start(state);
    await first.ready();
    await using second = ServerProcess.start(state);
    first.kill('SIGTERM');
    expect((await (await second.ready()).get('/healthz')).status).toBe(200);
    expect(await first.exit).toEqual({ code: 0, signal: null });
  });

  it('on a port that is taken says so', async () => {
    await using first = ServerProcess.start(await temporaryDirectory());
    const client = await first.ready();
    const { port } = new URL(client.url);
    await using second = ServerProcess.start(await temporaryDirectory(), { PORT: port });
    expect(await second.exit).toEqual({ code: 1, signal: null });
    expect(second.stderr).toMatch(/^rerankd: port \d+ of 127\.0\.0\.1 is taken\..*PORT=/);
    expect((await client.get('/healthz')).status).toBe(200);
  });
});
