import { describe, expect, it } from 'vitest';
import type { Observed } from '../../src/platform/metrics/observed.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { readScrape } from '../support/scrape.ts';

async function samplesOf(gpu: Observed['gpu']): Promise<string[]> {
  const { registry } = createMetrics({ readyEngines: () => 1, ...(gpu && { gpu }) });
  return readScrape(await registry.metrics())
    .samples.filter(({ name }) => name.includes('_gpu_'))
    .map(({ name, labels, value }) => `${name} ${Object.values(labels).join()} ${value}`);
}

describe('metrics of a GPU', () => {
  const card = { device: 'cuda', totalBytes: 100, usedBytes: 60, freeBytes: 30 };

  it('are what the driver says of the card, and what the engines hold', async () => {
    expect(await samplesOf(async () => ({ ...card, engineBytes: 20 }))).toEqual([
      'rerankd_gpu_memory_bytes used 60',
      'rerankd_gpu_memory_bytes free 30',
      'rerankd_gpu_memory_bytes total 100',
      'rerankd_gpu_engine_memory_bytes cuda 20',
    ]);
  });

  it('leave out what is not known, and never cost the scrape', async () => {
    expect(await samplesOf(async () => ({ ...card, engineBytes: undefined }))).toHaveLength(3);
    expect(await samplesOf(async () => undefined)).toEqual([]);
    expect(await samplesOf(undefined)).toEqual([]);
    expect(await samplesOf(() => Promise.reject(new Error('no driver')))).toEqual([]);
  });
});
