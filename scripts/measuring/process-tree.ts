import { readdir, readFile } from 'node:fs/promises';

/** Memory of a process and its descendants, in bytes. */
export interface TreeMemory {
  /** Shared pages are divided among those who share them (PSS), so that the sum counts each page once. */
  readonly totalBytes: number;
  /** Resident set of the first process alone. */
  readonly mainBytes: number;
}

/** The process and its descendants, itself first. @returns just itself where there is no /proc. */
export async function processTree(root: number): Promise<number[]> {
  const parents = await parentsOfAll();
  const tree = [root];
  // Grows while it is walked: children, then grandchildren.
  for (const parent of tree) {
    for (const [pid, itsParent] of parents) if (itsParent === parent) tree.push(pid);
  }
  return tree;
}

/** @returns undefined on systems other than Linux. */
export async function treeMemory(root: number): Promise<TreeMemory | undefined> {
  const [main, ...others] = await Promise.all((await processTree(root)).map(memoryOf));
  if (main === undefined) return undefined;
  const totalBytes = others.reduce((sum, process) => sum + (process?.share ?? 0), main.share);
  return { totalBytes, mainBytes: main.resident };
}

async function parentsOfAll(): Promise<Map<number, number>> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(pids.map(parentOf));
  return new Map(pids.map((pid, index) => [pid, parents[index] ?? 0]));
}

/** The fourth field of `stat`; the second, a name in brackets, may hold anything. */
async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

/** @returns undefined for a process that has ended meanwhile. */
async function memoryOf(pid: number): Promise<{ share: number; resident: number } | undefined> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => undefined);
  const text = rollup ?? (await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''));
  const resident = bytesOf(text, rollup === undefined ? 'VmRSS' : 'Rss');
  if (resident === undefined) return undefined;
  return { share: bytesOf(text, 'Pss') ?? resident, resident };
}

function bytesOf(text: string, field: string): number | undefined {
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}
