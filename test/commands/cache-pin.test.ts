import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pinModel, unpinModel } from '../../src/commands/cache/pin.ts';
import { formatStore, storeJson } from '../../src/commands/report/store-report.ts';
import { statePath } from '../support/state.ts';
import { digestOf, storeOnDisk } from '../support/store-on-disk.ts';

const [a, b] = [digestOf('a'), digestOf('b')];
const COMMIT = digestOf('c').slice(0, 40);

async function setUp() {
  const store = await storeOnDisk();
  const config = {
    stateDirectory: store.stateDirectory,
    modelRoots: [join(store.base, 'models')],
    store: { cacheDirectory: join(store.base, 'hub') },
  };
  return {
    ...store,
    pin: (wanted: string) => pinModel(config, wanted),
    unpin: (wanted: string) => unpinModel(config, wanted),
    pinned: async () => (await store.inventory.list()).filter(({ pinned }) => pinned).map(({ key }) => key),
  };
}

describe('rerankd cache pin', () => {
  it('finds a model by any reference that led to it', async () => {
    const { model, ledger, pin, unpin, pinned } = await setUp();
    await model('a', 1);
    await ledger.used(a, { reference: 'local://copy-of-a' });
    expect(await pin('local://a')).toMatch(/^pinned model local:\/\/copy-of-a \(a{12}\)$/);
    expect(await pinned()).toEqual([a]);
    await unpin('a');
    expect(await pinned()).toEqual([]);
    await pin('copy-of-a');
    expect(await pinned()).toEqual([a]);
  });

  it('of several contents takes the one that the reference led to last, whatever else was used since', async () => {
    const { model, ledger, clock, pin, pinned } = await setUp();
    await model('a', 1);
    await model('b', 1);
    await ledger.used(b, { reference: 'local://a' });
    clock.advance(1000);
    await ledger.used(a, { reference: 'local://old' });
    await pin('local://a');
    expect(await pinned()).toEqual([b]);
  });

  it.each(['org/tiny', 'hf://org/tiny', 'org/tiny@main', `hf://org/tiny@${COMMIT}`])(
    'finds a model of a hub as %s, by what the branch meant last',
    async (wanted) => {
      const { base, model, ledger, snapshot, pin, pinned } = await setUp();
      await model('a', 1);
      await ledger.used(a, { reference: `hf://org/tiny@${COMMIT}` });
      const key = await snapshot('tiny', 1);
      await mkdir(join(base, 'hub/models--org--tiny/refs'), { recursive: true });
      await writeFile(join(base, 'hub/models--org--tiny/refs/main'), COMMIT);
      await pin(wanted);
      expect(await pinned()).toEqual([a, key]);
    },
  );

  it('knows the folder of a repository from the repository', async () => {
    const { model, ledger, pin, pinned } = await setUp();
    await model('a', 1);
    await model('b', 1);
    await ledger.used(a, { reference: `hf://org/tiny@${COMMIT}/small` });
    await ledger.used(b, { reference: `hf://org/tiny@${COMMIT}` });
    await pin(`hf://org/tiny@${COMMIT}/small`);
    expect(await pinned()).toEqual([a]);
  });

  it('finds the model that serves by its name in .last_good_model', async () => {
    const { stateDirectory, put, pin } = await setUp();
    await put(`state/models/${a}/weights`, 1);
    const state = { model: 'local://served', digest: a, previous: null, pending: null, bootAttempts: 0 };
    await writeFile(statePath(stateDirectory), JSON.stringify({ ...state, history: [], quarantined: [] }));
    expect(await pin('served')).toMatch(/^pinned model local:\/\/served/);
    await expect(pin('org/other')).rejects.toThrow(/"org\/other" is not in the store/);
  });
});

describe('rerankd cache ls', () => {
  it('does not call a model kept because it is ready', async () => {
    const { stateDirectory, model, inventory } = await setUp();
    await model('a', 2 ** 20);
    await writeFile(join(stateDirectory, 'models', a, '.ahead'), '');
    const items = await inventory.list();
    const [headings = '', row = ''] = formatStore(items).split('\n');
    expect(row.slice(headings.indexOf('kept because'), headings.indexOf('state')).trim()).toBe('');
    expect(row.slice(headings.indexOf('state'))).toBe('ready, not served yet');
    expect(storeJson(items)).toMatchObject({
      evictable_bytes: 2 ** 20,
      items: [{ kept_by: [], ahead: true }],
    });
  });
});
