import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { settingsTable } from '../scripts/settings-table/table.ts';
import { settings } from '../src/config/settings.ts';
import { readConfig } from '../src/config.ts';
import { createService } from '../src/service.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const readme = await readFile('README.md', 'utf8');

/** Numbers that a processor may compute a little differently. */
function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, inner) =>
    typeof inner === 'number' ? Number(inner.toFixed(4)) : inner,
  );
}

it('prints in the README what a reader of the README really gets', async () => {
  const config = readConfig({
    PORT: '0',
    RERANK_ENGINES: '1',
    RERANK_DEVICE: 'cpu',
    RERANK_STATE_DIR: join(await temporaryDirectory(), 'data'),
  });
  await using service = await createService(config, { logger: pino({ level: 'silent' }) });
  await service.ready;
  const body = /\/rerank .* -d '(\{.*\})'/.exec(readme)?.[1];
  const printed: unknown = JSON.parse(/```json\n(.*)\n```/.exec(readme)?.[1] ?? '');
  const response = await fetch(`http://127.0.0.1:${service.port}/rerank`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Request-Id': 'hello' },
    body: body ?? '',
  });
  expect(rounded(await response.json())).toEqual(rounded(printed));
});

it('documents every setting as the schema has it', async () => {
  expect(await readFile('docs/settings.md', 'utf8')).toBe(settingsTable());
});

it('names no setting that there is not', () => {
  const named = [...readme.matchAll(/`((?:RERANK|LOG|HF|TRANSFORMERS)_[A-Z\d_]+)`/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !Object.hasOwn(settings, name ?? ''))).toEqual([]);
});
