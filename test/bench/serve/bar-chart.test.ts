import { describe, expect, it } from 'vitest';
import { renderBarChart } from '../../../bench/serve/report/bar-chart.ts';
import { summarize } from '../../../bench/serve/report/summary.ts';
import { throughputChart } from '../../../bench/serve/report/throughput-chart.ts';

describe('renderBarChart', () => {
  const svg = renderBarChart({
    title: 'a < b & "c"',
    subtitle: 'docs/s',
    groups: [
      {
        title: 'mixed',
        bars: [
          { label: 'ours', value: 200, isOurs: true },
          { label: 'theirs', value: 50, isOurs: false },
          { label: 'none', value: 0, isOurs: false },
        ],
      },
    ],
  });

  it('is well-formed', () => {
    expect(unclosedTags(svg)).toEqual([]);
    expect(svg).toContain('a &lt; b &amp; &quot;c&quot;');
    expect(svg).not.toMatch(/&(?!(?:amp|lt|gt|quot);)/);
    expect(svg).not.toContain('NaN');
  });

  it('draws bars in proportion', () => {
    const widths = [...svg.matchAll(/class="(?:ours|theirs)" .*?width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    expect(widths).toHaveLength(3);
    expect(widths[1]).toBeCloseTo((widths[0] ?? 0) / 4, 0);
  });

  it('knows dark and light', () => {
    expect(svg).toContain('prefers-color-scheme: dark');
  });
});

describe('throughputChart', () => {
  const row = (contender: 'rerankd-int8' | 'python', scenario: string, documentsPerSecond: number) =>
    ({ scenario, variant: '', contender, round: 1, figures: { documentsPerSecond } }) as const;

  it('shows every contender, the fastest first', () => {
    const rows = summarize([row('python', 'mixed', 50), row('rerankd-int8', 'mixed', 200)]);
    const labels = [...(throughputChart(rows, 'a machine') ?? '').matchAll(/class="label".*?>(.*?)</g)];
    expect(labels.map(([, label]) => label)).toEqual(['rerankd-int8', 'python']);
  });

  it('draws nothing where nothing was compared', () => {
    expect(throughputChart(summarize([row('rerankd-int8', 'docs', 1)]), 'a machine')).toBeUndefined();
  });
});

/** Tags that are opened and not closed, or closed and not opened. */
function unclosedTags(xml: string): string[] {
  const open: string[] = [];
  for (const [, slash, name = '', , self] of xml.matchAll(
    /<(\/?)(\w+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
  )) {
    if (self === '/') continue;
    if (slash !== '/') open.push(name);
    else if (open.pop() !== name) return [name];
  }
  return open;
}
