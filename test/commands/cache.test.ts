import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { Leases } from '../../src/store/retention/leases.ts';
import { storeFiles } from '../../src/store/retention/store-files.ts';
import { embeddedModels } from '../support/directories.ts';
import { LogBook } from '../support/log-book.ts';
import { startService } from '../support/running-service.ts';
import { statePath } from '../support/state.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { testEnvironment } from '../support/test-environment.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

interface Listed {
  readonly items: readonly {
    readonly kind: string;
    readonly key: string;
    readonly reference: string | null;
    readonly bytes: number;
    readonly uses: number;
    readonly kept_by: readonly string[];
    readonly ahead: boolean;
  }[];
  readonly bytes: number;
}

async function setUp() {
  const stateDirectory = await temporaryDirectory();
  /** Runs `rerankd` as a process of its own. */
  const rerankd = (...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      const env = testEnvironment({ RERANK_STATE_DIR: stateDirectory, RERANK_MODELS_DIR: embeddedModels });
      execFile(process.execPath, [main, ...args], { env, cwd: stateDirectory }, (error, stdout, stderr) => {
        resolve({ code: Number(error?.code ?? 0), stdout, stderr });
      });
    });
  const listed = async (): Promise<Listed> =>
    JSON.parse((await rerankd('cache', 'ls', '--json')).stdout) as Listed;
  return {
    stateDirectory,
    rerankd,
    listed,
    models: () => readdir(join(stateDirectory, 'models')),
    /** As a model that nothing is known of. */
    put: async (digit: string, bytes: number): Promise<string> => {
      const directory = join(stateDirectory, 'models', digit.repeat(64));
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, 'weights'), Buffer.alloc(bytes));
      return digit.repeat(64);
    },
  };
}

describe('rerankd fetch', () => {
  it('brings a model that a server then has, and cache shows and pins it', async () => {
    const { stateDirectory, rerankd, listed } = await setUp();
    const { code, stdout } = await rerankd('fetch', 'demo-next', '--json');
    expect(code).toBe(0);
    const fetched = JSON.parse(stdout) as { model: string; digest: string };
    expect(fetched.model).toBe('local://demo-next');
    const digest = fetched.digest.replace('sha256:', '');
    expect((await rerankd('fetch', join(embeddedModels, 'demo-next'))).stdout).toMatch(
      new RegExp(
        `^model +local://demo-next\\ndigest +sha256:${digest}\\n[\\s\\S]*rerankd update local://demo-next`,
      ),
    );
    expect((await listed()).items).toMatchObject([
      { kind: 'model', key: digest, reference: 'local://demo-next', uses: 2, kept_by: [], ahead: true },
    ]);

    await using server = await startService({ RERANK_STATE_DIR: stateDirectory });
    await server.client.update('local://demo-next');
    const { items, bytes } = await listed();
    expect(items.map(({ reference, kept_by }) => ({ reference, kept_by }))).toEqual(
      expect.arrayContaining([
        { reference: 'local://demo-next', kept_by: expect.arrayContaining(['active']) as string[] },
        { reference: 'local://demo', kept_by: expect.arrayContaining(['previous']) as string[] },
      ]),
    );
    expect(bytes).toBe(items.reduce((sum, item) => sum + item.bytes, 0));
    const table = (await rerankd('cache', 'ls')).stdout;
    expect(table).toMatch(/model +kind +digest +size +last used +uses +kept because/);
    expect(table).toMatch(new RegExp(`local://demo-next +model +${digest.slice(0, 12)} .* active`));

    // Beside the running server: what it needs stays, and it goes on serving from it.
    expect((await rerankd('cache', 'prune')).stdout).toBe('there is nothing to delete\n');
    expect((await server.client.post('/rollback', {})).status).toBe(200);
  });

  it('says what can not be brought', async () => {
    const { rerankd } = await setUp();
    const { code, stderr, stdout } = await rerankd('fetch', 'local://nowhere');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/there is no model "local:\/\/nowhere"/);
  });
});

describe('rerankd cache', () => {
  it('of an empty state directory', async () => {
    const { rerankd } = await setUp();
    expect(await rerankd('cache', 'ls')).toMatchObject({ code: 0, stdout: 'the store is empty\n' });
    expect(await rerankd('cache', 'prune')).toMatchObject({
      code: 0,
      stdout: 'there is nothing to delete\n',
    });
  });

  it('prune deletes what nothing keeps, and only says so on a dry run', async () => {
    const { stateDirectory, rerankd, put, models } = await setUp();
    const [active, leased, pinned, free] = [
      await put('a', 9),
      await put('b', 9),
      await put('c', 9),
      await put('d', 9),
    ];
    const state = { model: 'local://a', digest: active, previous: null, pending: null, bootAttempts: 0 };
    await writeFile(statePath(stateDirectory), JSON.stringify({ ...state, history: [], quarantined: [] }));
    const { leases: directory } = storeFiles(stateDirectory);
    // A server that is just loading something, as others see it.
    const server = new Leases({ directory, clock: systemClock, logger: new LogBook().logger });
    await server.take(leased);
    expect((await rerankd('cache', 'pin', pinned.slice(0, 8))).stdout).toMatch(
      /^pinned model of unknown origin/,
    );
    const dry = await rerankd('cache', 'prune', '--dry-run');
    expect(dry.stdout).toMatch(/^would delete model of unknown origin \(dddddddddddd\), 0\.0 MiB\n/);
    expect(await models()).toHaveLength(4);
    const { stdout } = await rerankd('cache', 'prune', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ dry_run: false, evicted: [{ key: free }], bytes: 9 });
    expect((await models()).toSorted()).toEqual([active, leased, pinned]);
    await server.close();
    await rerankd('cache', 'unpin', `sha256:${pinned}`);
    await rerankd('cache', 'prune');
    expect(await models()).toEqual([active]);
    expect((await readFile(statePath(stateDirectory), 'utf8')).length).toBeGreaterThan(0);
  });

  it('prune stops at --max-bytes, and clears away what was begun long ago', async () => {
    const { stateDirectory, rerankd, put, models } = await setUp();
    const old = await put('a', 3_000_000);
    await utimes(join(stateDirectory, 'models', old), new Date(0), new Date(0));
    const recent = await put('b', 3_000_000);
    for (const name of ['.incoming-999999999-old', '.incoming-999999999-new']) {
      await mkdir(join(stateDirectory, 'models', name));
    }
    await utimes(join(stateDirectory, 'models', '.incoming-999999999-old'), new Date(0), new Date(0));
    const { stdout } = await rerankd('cache', 'prune', '--max-bytes', '5MB');
    expect(stdout).toMatch(/deleted model .*aaaa/);
    expect((await models()).toSorted()).toEqual(['.incoming-999999999-new', recent]);
  });

  it('pin and unpin go by the reference too, the one that was used last', async () => {
    const { rerankd, listed } = await setUp();
    await rerankd('fetch', 'demo');
    const { stdout } = await rerankd('cache', 'pin', 'demo');
    expect(stdout).toMatch(/^pinned model local:\/\/demo \([0-9a-f]{12}\)\n$/);
    expect((await listed()).items[0]?.kept_by).toEqual(['pinned']);
    expect((await rerankd('cache', 'unpin', 'local://demo')).stdout).toMatch(
      /^unpinned model local:\/\/demo/,
    );
    expect((await rerankd('cache', 'unpin', 'local://demo')).stdout).toMatch(/was not pinned/);
    expect((await listed()).items[0]?.kept_by).toEqual([]);
    const unknown = await rerankd('cache', 'pin', 'org/other');
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
    expect(unknown.stderr).toMatch(/"org\/other" is not in the store/);
  });

  it('deletes nothing when .last_good_model can not be read', async () => {
    const { stateDirectory, rerankd, put, models } = await setUp();
    await put('a', 1);
    await writeFile(statePath(stateDirectory), '{"model": ');
    const { code, stderr } = await rerankd('cache', 'prune');
    expect(code).toBe(1);
    expect(stderr).toMatch(/\.last_good_model can't be read, so nobody knows which models a server needs/);
    expect(await models()).toHaveLength(1);
    expect(await readFile(statePath(stateDirectory), 'utf8'), 'left where it is').toBe('{"model": ');
  });

  it('prune leaves a server alone that was never updated, and its clean-up leaves pins alone', async () => {
    const { stateDirectory, rerankd, listed, models } = await setUp();
    await rerankd('fetch', 'demo-next');
    await rerankd('cache', 'pin', 'demo-next');
    await using server = await startService({ RERANK_STATE_DIR: stateDirectory });
    expect(await server.state()).toBeUndefined();
    expect((await rerankd('cache', 'prune')).stdout).toBe('there is nothing to delete\n');
    const kept = async () =>
      Object.fromEntries((await listed()).items.map((item) => [item.reference, item.kept_by]));
    expect(await kept()).toEqual({ 'local://demo': ['leased'], 'local://demo-next': ['pinned'] });
    await server.client.update('local://demo-next');
    await server.client.update('local://demo');
    await rerankd('cache', 'unpin', 'demo-next');
    await server[Symbol.asyncDispose]();
    expect(await kept()).toEqual({ 'local://demo': ['active'], 'local://demo-next': ['previous'] });
    expect(await models()).toHaveLength(2);
  });

  it.each([
    [['cache'], /is not a command/],
    [['cache', 'empty'], /is not a command/],
    [['cache', 'pin'], /lacks its REF/],
    [['cache', 'ls', 'x'], /is not a command/],
    [
      ['cache', 'ls', '--dry-run'],
      /--dry-run is a flag of .*"rerankd cache prune", not of "rerankd cache ls"/,
    ],
    [['cache', 'prune', '--max-bytes', 'many'], /--max-bytes: must be a number of bytes/],
    [['cache', 'prune', '--force'], /--force is a flag of "rerankd update"/],
    [['fetch'], /lacks its REF/],
  ])('says what is wrong with %j', async (args, message) => {
    const { rerankd } = await setUp();
    const { code, stderr, stdout } = await rerankd(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
