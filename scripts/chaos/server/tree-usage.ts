import { readdir, readFile } from 'node:fs/promises';
import { processTree } from '../../measuring/process-tree.ts';

/** What a process and its descendants hold. */
export interface TreeUsage {
  /** RssAnon and RssShmem: memory of its own, without files that are only mapped. */
  readonly ownBytes: number;
  readonly fileDescriptors: number;
  readonly processes: number;
  /** Ended, but never waited for. */
  readonly zombies: readonly number[];
}

/** Looks at /proc. All zero where there is none. */
export async function treeUsage(root: number): Promise<TreeUsage> {
  const tree = await processTree(root);
  const each = await Promise.all(tree.map(lookAt));
  return {
    ownBytes: sum(each.map(({ ownBytes }) => ownBytes)),
    fileDescriptors: sum(each.map(({ fileDescriptors }) => fileDescriptors)),
    processes: tree.length,
    zombies: tree.filter((_, index) => each[index]?.isZombie),
  };
}

async function lookAt(pid: number) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return {
    ownBytes: (kibibytes('RssAnon') + kibibytes('RssShmem')) * 1024,
    fileDescriptors: (await readdir(`/proc/${pid}/fd`).catch(() => [])).length,
    isZombie: /^State:\s+Z/m.test(status),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
