/** Measures how long a branch takes that is on this machine, at hubs in several states. Each fetch is a new process. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startFakeHub } from '../../test/support/fake-hub/fake-hub.ts';
import { checkpointFiles } from '../../test/support/hub/repositories.ts';
import { commandLine, runScript } from '../flags/run-script.ts';

const run = promisify(execFile);
const program = join(import.meta.dirname, '../../test/support/hub/fetch-in-process.ts');

await runScript({
  name: 'slow-hub',
  ...commandLine({
    usage: 'node scripts/interop/slow-hub.ts',
    about: 'Measures how long a branch takes that is on this machine, at hubs in several states.',
    flags: {},
  }),
  run: measureAll,
});

async function measureAll(): Promise<void> {
  const base = await mkdtemp(join(tmpdir(), 'slow-hub-'));
  await using hub = await startFakeHub();
  const commit = hub.repository('org/name').commit(checkpointFiles());
  const measure = async (what: string, reference: string): Promise<void> => {
    hub.requests.clear();
    const places = [hub.origin, join(base, 'cache'), join(base, 'state')];
    const { stdout } = await run(process.execPath, [program, ...places, reference]);
    const { ms, stale } = JSON.parse(stdout) as { ms: number; stale: boolean };
    console.log(`${what}: ${ms} ms, ${hub.requests.all.length} requests${stale ? ', stale' : ''}`);
  };
  try {
    await measure('nothing here yet', 'org/name');
    await measure('a branch, unchanged', 'org/name');
    hub.fault({ path: '/revision/', times: 1 }, { kind: 'delay', ms: 10_000 });
    await measure('a branch, the hub takes 10 s', 'org/name');
    hub.fault({ path: '/revision/', times: 1 }, { kind: 'status', status: 503 });
    await measure('a branch, the hub answers 503', 'org/name');
    hub.kill();
    await measure('a branch, the hub is dead', 'org/name');
    await measure('a commit, the hub is dead', `org/name@${commit}`);
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}
