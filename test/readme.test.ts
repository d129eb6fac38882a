import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { readConfig, settings } from '../src/config.ts';
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

it('documents every setting, and no other', () => {
  const table = readme.slice(readme.indexOf('## Settings'), readme.indexOf('## Measured'));
  const documented = new Set(
    [...table.matchAll(/`((?:RERANK|LOG|HF|TRANSFORMERS)_[A-Z\d_]+|HOST|PORT)`/g)].map((match) => match[1]),
  );
  expect(documented).toEqual(new Set(Object.keys(settings)));
});
