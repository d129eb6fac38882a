import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Preparation, type PreparationSettings } from '../../../src/serving/preparation/preparation.ts';
import type { LocateWork } from '../../../src/store/model-sources.ts';
import { embeddedModels } from '../../support/directories.ts';
import { LogBook } from '../../support/log-book.ts';

it('tells the bytes that come from those that are copied', async () => {
  const directory = join(embeddedModels, 'demo');
  const sources = {
    locate: async (_reference: string, _dtype: string, work: LocateWork) => {
      work.onFetch();
      work.advance(7, 10, 'bytes');
      return { reference: 'hf://org/demo', directory, allow: async () => {}, release: async () => {} };
    },
  };
  const staging = {
    stage: async (_files: unknown, _signal: AbortSignal, onBytes: (bytes: number) => void) => {
      onBytes(3);
      return { digest: 'a'.repeat(64), directory };
    },
  };
  const generation = { dtype: 'auto', logger: new LogBook().logger };
  const preparation = new Preparation({ sources, staging, generation } as unknown as PreparationSettings);
  const steps: unknown[] = [];
  await preparation.stage(
    { reference: 'org/demo' },
    {
      signal: new AbortController().signal,
      enter: (phase) => steps.push(phase),
      advance: (done, _total, unit, doing) => steps.push({ done, unit, doing }),
    },
  );
  expect(steps).toEqual([
    'resolve',
    'fetch',
    { done: 7, unit: 'bytes', doing: 'download' },
    'fetch',
    { done: 3, unit: 'bytes', doing: 'copy' },
    'verify',
  ]);
});
