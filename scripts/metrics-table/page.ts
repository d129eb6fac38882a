import { type DescribedMetric, describedMetrics } from './described.ts';
import { labelValues } from './labels.ts';

const BEGIN = (name: string): string => `<!-- ${name}: written by "npm run docs:metrics" -->`;
const END = '<!-- end -->';

/** The page with its tables written anew. @throws Error when a place for a table is missing */
export function withTables(page: string): string {
  const metrics = describedMetrics();
  const own = metrics.filter(({ name }) => name.startsWith('rerankd_'));
  const tei = metrics.filter(({ name }) => name.startsWith('te_'));
  const tables = { metrics: table(own), labels: labelTable(metrics), tei: table(tei) };
  return Object.entries(tables).reduce((text, [name, rows]) => replace(text, name, rows), page);
}

function replace(page: string, name: string, rows: string): string {
  const begin = page.indexOf(BEGIN(name));
  const end = page.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`docs/observability.md has no place for the table "${name}"`);
  return `${page.slice(0, begin)}${BEGIN(name)}\n\n${rows}\n\n${page.slice(end)}`;
}

function table(metrics: readonly DescribedMetric[]): string {
  const rows = metrics.map(({ name, type, labels, buckets, help }) => {
    const named = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${named} | ${help}${bounds(buckets)} |`;
  });
  return ['| Name | Type | Labels | Meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function bounds(buckets: readonly number[]): string {
  if (buckets.length === 0) return '';
  const shown = buckets.length > 20 ? [...buckets.slice(0, 3), '…', buckets.at(-1)] : buckets;
  return ` Buckets: ${shown.map(rounded).join(', ')}.`;
}

function rounded(bound: number | string | undefined): string {
  return String(typeof bound === 'number' && !Number.isInteger(bound) ? Number(bound.toPrecision(3)) : bound);
}

function labelTable(metrics: readonly DescribedMetric[]): string {
  const used = new Set(metrics.flatMap(({ labels }) => labels));
  const rows = [...used].map((label) => `| \`${label}\` | ${labelValues[label] ?? ''} |`);
  return ['| Label | Values |', '|---|---|', ...rows].join('\n');
}
