import { describe, expect, it } from 'vitest';
import { Servers } from '../interop/servers.ts';
import { npmClientsAreInstalled, npmSuite } from '../interop/suites/npm-suite.ts';

const isInstalled = await npmClientsAreInstalled();
const title = isInstalled
  ? 'SDKs of npm'
  : 'SDKs of npm (skipped: npm ci --prefix test/interop/npm installs them, see test/interop/README.md)';

describe.skipIf(!isInstalled)(title, () => {
  it('get from this server what a plain request gets', async () => {
    await using servers = await Servers.start();
    const outcomes = await npmSuite.run(servers.underTest);
    expect(outcomes.filter(({ passed }) => !passed)).toEqual([]);
    expect(outcomes.length).toBeGreaterThanOrEqual(7);
  });
});
