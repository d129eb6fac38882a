import { link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, storeOnDisk } from '../../support/store-on-disk.ts';

const [a, b, c] = [digestOf('a'), digestOf('b'), digestOf('c')];

describe('the inventory', () => {
  it('of an empty store is empty', async () => {
    const { inventory } = await storeOnDisk();
    expect(await inventory.list()).toEqual([]);
  });

  it('has every model with what was compiled and measured of it, links counted once', async () => {
    const { inventory, put, stateDirectory, model } = await storeOnDisk();
    await model('a', 100);
    const compiled = join(stateDirectory, 'compiled', `${a}-int8-cpu-avx2-1`);
    await mkdir(compiled, { recursive: true });
    await link(join(stateDirectory, 'models', a, 'weights'), join(compiled, 'model.safetensors'));
    await put(`state/compiled/${a}-int8-cpu-avx2-1/weights.bin`, 20);
    await put(`state/plans/${a}-int8-cpu.json`, 3);
    // What remains of a model whose copy is gone.
    await put(`state/compiled/${b}-fp32-cpu/model.onnx`, 7);
    // Not models.
    await put(`state/models/.incoming-1-x/weights`, 1000);
    await put(`state/models/${a}0/weights`, 1000);
    const items = await inventory.list();
    expect(items.map(({ key, kind, bytes }) => ({ key, kind, bytes }))).toEqual([
      { key: a, kind: 'model', bytes: 123 },
      { key: b, kind: 'model', bytes: 7 },
    ]);
    expect(items[0]?.paths.map((path) => path.replace(`${stateDirectory}/`, ''))).toEqual([
      `models/${a}`,
      `compiled/${a}-int8-cpu-avx2-1`,
      `plans/${a}-int8-cpu.json`,
    ]);
    expect(items[0]).toMatchObject({ reference: 'local://a', uses: 1, lastUsed: new Date(0) });
  });

  it('says what keeps a model', async () => {
    const { inventory, model, served, ledger, openLeases, stateDirectory } = await storeOnDisk();
    for (const digit of ['a', 'b', 'c', 'd', 'e', 'f']) await model(digit, 1);
    served.push({ digest: a, reference: 'local://a', role: 'active' });
    served.push({ digest: a, reference: 'local://a', role: 'history' });
    served.push({ digest: b, reference: 'local://b', role: 'previous' });
    served.push({ digest: c, reference: 'local://c', role: 'history' });
    await ledger.pin(a);
    await ledger.pin(digestOf('d'));
    await openLeases().take(digestOf('e'));
    await writeFile(join(stateDirectory, 'models', digestOf('f'), '.ahead'), '');
    const items = await inventory.list();
    expect(items.map(({ keptBy, pinned, leased, isAhead }) => ({ keptBy, pinned, leased, isAhead }))).toEqual(
      [
        { keptBy: ['active', 'pinned'], pinned: true, leased: true, isAhead: false },
        { keptBy: ['previous'], pinned: false, leased: true, isAhead: false },
        { keptBy: ['history'], pinned: false, leased: true, isAhead: false },
        { keptBy: ['pinned'], pinned: true, leased: false, isAhead: false },
        { keptBy: ['leased'], pinned: false, leased: true, isAhead: false },
        { keptBy: [], pinned: false, leased: false, isAhead: true },
      ],
    );
    expect([...(await inventory.pinnedModels())]).toEqual([a, digestOf('d')]);
  });

  it('leaves to others what they brought, and keeps what the active and the previous model came from', async () => {
    const { inventory, snapshot, served, base, put } = await storeOnDisk();
    await snapshot('ours', 5);
    served.push({ digest: a, reference: await snapshot('active', 5), role: 'active' });
    served.push({ digest: b, reference: await snapshot('history', 5), role: 'history' });
    await put('hub/models--org--foreign/blobs/shared', 9);
    for (const digit of ['d', 'e']) {
      const folder = join(base, 'hub/models--org--foreign/snapshots', digestOf(digit).slice(0, 40));
      await mkdir(folder, { recursive: true });
      await symlink('../../blobs/shared', join(folder, 'weights'));
    }
    const items = await inventory.list();
    const described = items.map(({ kind, reference, bytes, keptBy }) =>
      [kind, reference?.slice(0, -39), bytes, ...keptBy].join(' '),
    );
    expect(described.toSorted()).toEqual([
      'snapshot hf://org/active@c 5 active',
      // What two of them share is counted once.
      expect.stringMatching(/^snapshot hf:..org.foreign@d [09] not ours$/),
      expect.stringMatching(/^snapshot hf:..org.foreign@e [09] not ours$/),
      'snapshot hf://org/history@c 5',
      'snapshot hf://org/ours@c 5',
    ]);
    expect(items.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(15 + 9);
  });

  it('takes the time of the last change for what nobody has noted', async () => {
    const { inventory, put } = await storeOnDisk();
    await put(`state/models/${a}/weights`, 1);
    const [item] = await inventory.list();
    expect(item?.lastUsed.getTime()).toBeGreaterThan(0);
    expect(item).toMatchObject({ uses: 0, reference: undefined });
  });
});
