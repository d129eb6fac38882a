import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { recordedClients } from '../clients/recorded/recorded-clients.ts';
import { clientsPage } from './clients-page.ts';
import { parseResults } from './outcome.ts';

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8');
const results = parseResults(await read('results.json'));

describe('the page of clients', () => {
  it('says what the last whole run found, and nothing else', async () => {
    expect(await read('../../docs/clients.md')).toBe(clientsPage(results));
  });

  it('has every client that is recorded', () => {
    const recorded = results.filter(({ version }) => version === 'recorded').map(({ client }) => client);
    expect(recorded).toEqual(recordedClients.map(({ client }) => client));
  });

  it('names only versions that are installed: after a change of them all have to run again', async () => {
    const files = ['npm/package.json', 'python/requirements-sdks.txt', 'python/requirements-frameworks.txt'];
    const pinned = (await Promise.all(files.map(read))).join('\n');
    for (const { client, version } of results.filter((result) => result.version !== 'recorded')) {
      expect(pinned, client).toMatch(new RegExp(`(==|: ")${version.replaceAll('.', '\\.')}("|$)`, 'm'));
    }
  });
});
