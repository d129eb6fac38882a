import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Observation } from '../figures.ts';
import type { BenchOptions } from '../options.ts';
import type { MachineFacts } from './machine.ts';
import type { SummaryRow } from './summary.ts';
import { tidyJson } from './tidy-json.ts';

export interface Results {
  readonly options: BenchOptions;
  readonly machine: MachineFacts;
  /** Versions of what runs in the baselines. */
  readonly versions: Readonly<Record<string, string>>;
  readonly skipped: readonly string[];
  readonly observations: readonly Observation[];
  readonly rows: readonly SummaryRow[];
  readonly chart: string | undefined;
}

const directory = fileURLToPath(new URL('../../results/', import.meta.url));

/** Writes bench/results/NAME.json and NAME.svg. @returns their paths. */
export async function writeResults(results: Results): Promise<string[]> {
  const { options, machine, rows, chart, ...others } = results;
  const name = options.name ?? machine.date.slice(0, 10);
  // Paths of one machine say nothing to the readers of another.
  const { python: _, work: __, jsonFile, ...told } = options;
  const summary = rows.map(({ figures, ...row }) => ({ ...row, figures: Object.fromEntries(figures) }));
  const json = tidyJson({ machine, options: told, ...others, summary });
  await mkdir(directory, { recursive: true });
  const written = [join(directory, `${name}.json`)];
  if (jsonFile !== undefined) written.push(jsonFile);
  for (const path of written) await writeFile(path, json);
  if (chart === undefined) return written;
  const picture = join(directory, `${name}.svg`);
  await writeFile(picture, chart);
  return [...written, picture];
}
