import { readFile } from 'node:fs/promises';
import { processTree } from '../../measuring/process-tree.ts';

/** What a server takes with one model. */
export interface ServerMemory {
  /** Of the HTTP process, for itself. */
  readonly mainBytes: number;
  /** Of engines and tokenizer together, with the files that they have mapped in. */
  readonly modelBytes: number;
}

export async function serverMemory(pid: number): Promise<ServerMemory> {
  const [main = pid, ...others] = await processTree(pid);
  const mapped = await Promise.all(
    others.map(async (other) => sumOf(await statusOf(other), 'RssAnon', 'RssShmem', 'RssFile')),
  );
  return {
    mainBytes: sumOf(await statusOf(main), 'RssAnon', 'RssShmem'),
    modelBytes: mapped.reduce((sum, bytes) => sum + bytes, 0),
  };
}

async function statusOf(pid: number): Promise<string> {
  return await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
}

function sumOf(status: string, ...fields: readonly string[]): number {
  return fields.reduce((sum, field) => {
    return sum + 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  }, 0);
}
