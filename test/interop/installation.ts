import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProgramResult } from './run-program.ts';

/** How npm and pip say that nobody answers. Without network pip ends with "no matching distribution", after these. */
const NO_ANSWER =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|connection broken|NewConnectionError|ConnectTimeout|Max retries exceeded|Temporary failure in name resolution|Network is unreachable/i;

/** True when an installation failed because its registry can't be reached from here. */
export function nobodyAnswered({ code, stdout, stderr }: ProgramResult): boolean {
  return code !== 0 && NO_ANSWER.test(stdout + stderr);
}

/** The last lines of what a program said, for an error. */
export function lastWords({ stdout, stderr }: ProgramResult): string {
  return `${stdout}\n${stderr}`.trim().split('\n').slice(-12).join('\n');
}

/** Remembers in a directory what was installed there, so that the next run need not ask again. */
export class InstalledMark {
  readonly #file: string;
  readonly #wanted: string;

  /** @param wanted all that the installation depends on. */
  constructor(directory: string, wanted: readonly string[]) {
    this.#file = join(directory, '.rerankd-interop');
    this.#wanted = createHash('sha256').update(JSON.stringify(wanted)).digest('hex');
  }

  async isThere(): Promise<boolean> {
    return (await readFile(this.#file, 'utf8').catch(() => '')) === this.#wanted;
  }

  async put(): Promise<void> {
    await writeFile(this.#file, this.#wanted);
  }
}
