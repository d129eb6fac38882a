/** One line of a scrape. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What GET /metrics answered. */
export interface Scrape {
  readonly samples: readonly Sample[];
  /** By name of the metric, without `_bucket`, `_sum` and `_count`. */
  readonly types: ReadonlyMap<string, string>;
}

/** Reads the text format of Prometheus. @throws Error for a line that is not of it */
export function readScrape(text: string): Scrape {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, name = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== '') types.set(name, type);
    if (line.startsWith('#')) continue;
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (sample === null) throw new Error(`no line of the text format: ${line}`);
    const pairs = [...(sample[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
    const labels = Object.fromEntries(pairs.map(([, label = '', value = '']) => [label, value]));
    samples.push({ name: sample[1] ?? '', labels, value: Number(sample[3]) });
  }
  return { samples, types };
}
