import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareCheckpoint } from './checkpoint.ts';
import { type DownloadFindings, runDownload } from './download/run-download.ts';
import type { JourneyOptions } from './options.ts';
import { runTravel, type TravelFindings } from './travel/run-travel.ts';

export interface JourneyFindings {
  readonly downloads: readonly DownloadFindings[];
  readonly travel: TravelFindings | undefined;
}

const PERCENT = 100;

/** Runs the parts that are wanted, one after the other. What servers have fetched is deleted. @throws the signal's reason; Error */
export async function runJourney(
  options: JourneyOptions,
  workDirectory: string,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<JourneyFindings> {
  const models = join(workDirectory, 'checkpoints');
  await mkdir(models, { recursive: true });
  const directory = await mkdtemp(join(workDirectory, 'run-'));
  try {
    say(`synthesizing XLM-RoBERTa ${options.size}`);
    const checkpoint = await prepareCheckpoint(models, options.size, signal);
    const shared = { checkpoint, directory, model: options.model };
    const downloads: DownloadFindings[] = [];
    for (const limit of options.only.includes('download') ? options.limits : []) {
      const about = limit === undefined ? 'download' : `download at ${limit} MB/s`;
      const plan = { ...shared, ...options, share: options.load / PERCENT, limit };
      downloads.push(await runDownload(plan, signal, (line) => say(`${about}: ${line}`)));
    }
    const plan = {
      ...shared,
      ...options,
      requestsPerSecond: options.rate,
      calmSeconds: options.sliceSeconds,
    };
    const travel = options.only.includes('travel')
      ? await runTravel(plan, signal, (line) => say(`travel: ${line}`))
      : undefined;
    return { downloads, travel };
  } finally {
    await rm(directory, { recursive: true, force: true });
    if (!options.keep) await rm(models, { recursive: true, force: true });
  }
}
