import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { dashboard } from '../../scripts/dashboard/dashboard.ts';
import { describedMetrics } from '../../scripts/metrics-table/described.ts';
import { readPromql } from '../support/promql.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';
import { readScrape, type Scrape } from '../support/scrape.ts';
import { until } from '../support/until.ts';

interface Query {
  readonly where: string;
  readonly expr: string;
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<'summary' | 'description' | 'runbook', string>>;
}

interface GrafanaPanel {
  readonly title: string;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface GrafanaDashboard {
  readonly panels: readonly GrafanaPanel[];
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
  readonly templating: { readonly list: readonly { readonly query: string | { readonly query: string } }[] };
}

const grafana = JSON.parse(await readFile('deploy/grafana/rerankd.json', 'utf8')) as GrafanaDashboard;
const alerts = parse(await readFile('deploy/prometheus/alerts.yaml', 'utf8')) as {
  groups: { name: string; rules: Rule[] }[];
};
const rules = alerts.groups.flatMap((group) => group.rules);

const queries: Query[] = [
  ...grafana.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ where: `the panel "${title}"`, expr })),
  ),
  ...grafana.annotations.list.map(({ name, expr }) => ({ where: `the annotation "${name}"`, expr })),
  ...rules.map(({ alert, expr }) => ({ where: `the alert ${alert}`, expr })),
].map(({ where, expr }) => ({
  where,
  expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*'),
}));

/** Prometheus adds these to every series of a target, and has one metric of its own. */
const TARGET_LABELS = new Set(['instance', 'job']);
const OF_PROMETHEUS = new Set(['up']);

/** Born by what this test does not do or have, such as a download over the network, and a GPU. Their labels are those of their definitions. */
const WITHOUT_SAMPLES = new Set([
  'rerankd_store_bytes_total',
  'rerankd_key_requests_total',
  'rerankd_gpu_memory_bytes',
  'rerankd_gpu_engine_memory_bytes',
  'rerankd_tls_certificate_expiry_timestamp_seconds',
]);

let service: ServiceUnderTest;
let scrape: Scrape;

beforeAll(async () => {
  service = await startService();
  const { client } = service;
  await client.rerank('tides', ['the moon', 'yeast']);
  const updating = client.update('local://demo-next');
  // An operation has a series only while it runs.
  const during = await until('a scrape during the update', async () => {
    const found = readScrape((await client.get<string>('/metrics')).body);
    return found.samples.some(({ name }) => name === 'rerankd_operation_running') ? found : undefined;
  });
  await updating;
  const after = readScrape((await client.get<string>('/metrics')).body);
  const running = during.samples.filter(({ name }) => name === 'rerankd_operation_running');
  scrape = { ...after, samples: [...after.samples, ...running] };
});

afterAll(async () => await service[Symbol.asyncDispose]());

describe.each(queries)('the query of $where', ({ expr }) => {
  const { errors, selectors, grouping } = readPromql(expr);

  it('is PromQL', () => {
    expect(errors).toEqual([]);
    expect(selectors.length).toBeGreaterThan(0);
  });

  it('asks for metrics and labels that a server has which has scored and swapped', () => {
    const labels = new Set(selectors.flatMap(({ metric }) => labelsOf(metric)));
    for (const { metric, matchers } of selectors.filter((one) => !OF_PROMETHEUS.has(one.metric))) {
      expect(labelsOf(metric), `${metric} exists`).not.toEqual([]);
      for (const { label, operator, value } of matchers) {
        if (TARGET_LABELS.has(label)) continue;
        expect(labelsOf(metric), `labels of ${metric}`).toContain(label);
        expect(
          matches(metric, label, operator, value) || label === 'status',
          `${metric} with ${label}${operator}"${value}"`,
        ).toBe(true);
      }
    }
    for (const label of grouping) {
      expect(labels.has(label) || TARGET_LABELS.has(label), `label ${label}`).toBe(true);
    }
  });

  it('asks for rates of counters, and of counters only', () => {
    for (const [, metric = ''] of expr.matchAll(/(?:rate|increase)\((\w+)/g)) {
      expect(scrape.types.get(metric.replace(/_(bucket|sum|count)$/, ''))).toMatch(/counter|histogram/);
    }
    for (const [, metric = ''] of expr.matchAll(/\b(rerankd_\w+_total)\b/g)) {
      expect(expr).toMatch(new RegExp(`(rate|increase)\\(${metric}`));
    }
  });
});

/** Of all of its samples; `__name__` stands for a metric without labels. */
function labelsOf(metric: string): string[] {
  const samples = scrape.samples.filter(({ name }) => name === metric);
  if (samples.length === 0 && WITHOUT_SAMPLES.has(metric) && scrape.types.has(metric)) {
    return [...(describedMetrics().find(({ name }) => name === metric)?.labels ?? [])];
  }
  return samples.flatMap(({ labels }) => ['__name__', ...Object.keys(labels)]);
}

/** Whether the matcher leaves anything of the metric. */
function matches(metric: string, label: string, operator: string, value: string): boolean {
  const pattern = new RegExp(`^(?:${value})$`);
  return scrape.samples
    .filter(({ name }) => name === metric)
    .some(({ labels: { [label]: found = '' } }) => {
      if (operator.endsWith('~')) return pattern.test(found) === (operator === '=~');
      return (found === value) === (operator === '=');
    });
}

describe('the dashboard', () => {
  it('is what its script writes', () => {
    expect(grafana).toEqual(JSON.parse(JSON.stringify(dashboard())));
  });

  it('shows every metric of rerankd, or says in another one what it would show', () => {
    const shown = new Set(
      queries.flatMap(({ expr }) => readPromql(expr).selectors.map(({ metric }) => metric)),
    );
    const missing = describedMetrics()
      .filter(({ name }) => name.startsWith('rerankd_'))
      .filter(({ name }) => ![name, `${name}_bucket`, `${name}_sum`].some((one) => shown.has(one)));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('has no panel over another, and none beyond the edge', () => {
    const taken = new Set<string>();
    for (const { title, gridPos } of grafana.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x},${y}`), title).toBe(false);
          taken.add(`${x},${y}`);
        }
      }
    }
  });

  it('names series by labels that the query leaves', () => {
    for (const { title, targets = [] } of grafana.panels) {
      for (const { expr, legendFormat } of targets) {
        const { grouping } = readPromql(expr.replaceAll('$__rate_interval', '5m'));
        for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
          const isLeft = grouping.includes(label) || !/\b(sum|max|histogram_quantile)\b/.test(expr);
          expect(isLeft, `${title}: ${label}`).toBe(true);
        }
      }
    }
  });
});

describe.each(rules)('the alert $alert', ({ alert, for: patience, labels, annotations, expr }) => {
  it('says what it means and what to do', () => {
    expect(alert).toMatch(/^Rerankd[A-Z]/);
    expect(['critical', 'warning', 'info']).toContain(labels.severity);
    expect(patience ?? '1m').toMatch(/^\d+[mhd]$/);
    for (const part of ['summary', 'description', 'runbook'] as const) {
      expect(annotations[part]?.length, part).toBeGreaterThan(15);
    }
    expect(annotations.runbook.length).toBeGreaterThan(60);
  });

  it('has a threshold', () => {
    expect(expr).toMatch(/[<>=]=? [\d.]+|[<>] [\d.]+ \*/);
  });

  it('names settings, endpoints and error types that there are', async () => {
    const words = Object.values(annotations).join(' ');
    const settings = await readFile('docs/settings.md', 'utf8');
    for (const [name] of words.matchAll(/\b(RERANK|OTEL|HF|LOG)_[A-Z_]+\b/g))
      expect(settings).toContain(name);
    for (const [metric] of words.matchAll(/\brerankd_[a-z_]+\b/g)) {
      expect(scrape.types.has(metric), metric).toBe(true);
    }
    for (const [other] of words.matchAll(/\bRerankd[A-Z]\w+\b/g)) {
      expect(rules.map((rule) => rule.alert)).toContain(other);
    }
  });
});
