import { readFile } from 'node:fs/promises';
import { processTree } from '../../measuring/process-tree.ts';

/** Which process is to be killed: of the model that serves when an update begins, or of the one that it loads. */
export const victims = ['serving engine', 'serving tokenizer', 'new engine', 'new tokenizer'] as const;

export type Victim = (typeof victims)[number];

interface Helper {
  readonly pid: number;
  readonly kind: 'engine' | 'tokenizer' | 'other';
}

/** The engine and tokenizer processes of a server, those that still load included. */
export async function helpersOf(server: number): Promise<Helper[]> {
  const [, ...pids] = await processTree(server);
  return await Promise.all(pids.map(async (pid) => ({ pid, kind: await kindOf(pid) })));
}

/** @param before the helpers from before the update. @returns undefined when there is none now. */
export function findVictim(
  victim: Victim,
  before: readonly Helper[],
  now: readonly Helper[],
): number | undefined {
  const known = new Set(before.map(({ pid }) => pid));
  const [age, kind] = victim.split(' ');
  return now.findLast((helper) => helper.kind === kind && known.has(helper.pid) === (age === 'serving'))?.pid;
}

async function kindOf(pid: number): Promise<Helper['kind']> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (command.includes('tokenizer/child/main')) return 'tokenizer';
  return command.includes('engine/child/main') ? 'engine' : 'other';
}
