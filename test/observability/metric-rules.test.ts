import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { describedMetrics } from '../../scripts/metrics-table/described.ts';
import { labelValues } from '../../scripts/metrics-table/labels.ts';
import { withTables } from '../../scripts/metrics-table/page.ts';

const all = describedMetrics();
const own = all.filter(({ name }) => name.startsWith('rerankd_'));

/** What `promtool check metrics` asks for, and what it can't know. Source: Prometheus, "Metric and label naming". */
describe.each(own)('the metric $name', ({ name, type, help, labels, buckets }) => {
  it('is named as Prometheus asks', () => {
    expect(name).toMatch(/^rerankd(_[a-z]+)+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    // These endings are histograms' own; `_info` says that the value means nothing.
    expect(name).not.toMatch(/_(bucket|sum|count|histogram|gauge|counter)$/);
    if (name.endsWith('_info')) expect(type).toBe('gauge');
  });

  it('counts in base units, and says so at its end', () => {
    expect(name).not.toMatch(
      /_(ms|milliseconds?|micros|minutes?|hours?|days?|kb|kib|mb|mib|percent|ratio)(_|$)/,
    );
    expect(name).not.toMatch(/(seconds|bytes)_(?!total$)/);
    if (/duration|_time/.test(name)) expect(name).toMatch(/_seconds$/);
  });

  it('explains itself in one sentence or two', () => {
    expect(help).toMatch(/^[A-Z1].*\.$/);
    expect(help.length).toBeGreaterThan(10);
    expect(help).not.toContain('\n');
  });

  it('has only labels of which somebody said what bounds them', () => {
    for (const label of labels) {
      expect(label).toMatch(/^[a-z]+$/);
      expect(labelValues).toHaveProperty(label);
      expect(['le', 'quantile', 'job', 'instance', 'id', 'path', 'query', 'user', 'token']).not.toContain(
        label,
      );
    }
  });

  it('has buckets that ascend, if it is a histogram', () => {
    expect(buckets.length > 0).toBe(type === 'histogram');
    expect(buckets).toEqual([...new Set(buckets)].toSorted((a, b) => a - b));
    expect(buckets.length).toBeLessThanOrEqual(16);
  });
});

it('has no two metrics of one name, and no explanation of a label that no metric has', () => {
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  expect(Object.keys(labelValues).toSorted()).toEqual(
    [...new Set(all.flatMap(({ labels }) => labels))].toSorted(),
  );
});

it('documents every metric as the registry has it', async () => {
  const page = await readFile('docs/observability.md', 'utf8');
  expect(page).toBe(withTables(page));
});
