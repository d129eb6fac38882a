import { readdir, readFile } from 'node:fs/promises';

/** Process ids of everything whose environment has that variable with that value. Linux only; empty elsewhere. */
export async function membersOf(variable: string, value: string): Promise<number[]> {
  const entry = `${variable}=${value}`;
  const pids = await allPids();
  const environments = await Promise.all(pids.map((pid) => readIfThere(`/proc/${pid}/environ`)));
  return pids.filter((_, index) => environments[index]?.split('\0').includes(entry));
}

async function allPids(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** A process may end while it is looked at. */
async function readIfThere(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '');
}
