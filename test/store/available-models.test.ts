import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { availableModels } from '../../src/store/available-models.ts';
import { digestOf, storeOnDisk } from '../support/store-on-disk.ts';

it('what is ready from hubs and by manifests is available, as long as its copy is here', async () => {
  const { inventory, ledger, model, stateDirectory } = await storeOnDisk();
  const pinned = `hf://org/tiny@${'c'.repeat(40)}`;
  const manifest = `https://models.example/a/manifest.json#sha256=${'d'.repeat(64)}`;
  await model('a', 1);
  await ledger.used(digestOf('a'), { reference: pinned });
  await model('b', 1);
  await ledger.used(digestOf('b'), { reference: manifest });
  // Brought, but never made ready.
  await ledger.used(`hf://org/other@${'c'.repeat(40)}`, { reference: `hf://org/other@${'c'.repeat(40)}` });
  const roots = { list: () => Promise.resolve(['local://c']) };
  expect(await availableModels(roots, inventory)).toEqual(['local://c', pinned, manifest]);
  await rm(join(stateDirectory, 'models', digestOf('a')), { recursive: true });
  expect(await availableModels(roots, inventory)).toEqual(['local://c', manifest]);
});
