import { readFile } from 'node:fs/promises';

/** The text of a file, or undefined where it can't be read. */
export type ReadText = (path: string) => Promise<string | undefined>;

export const readText: ReadText = (path) => readFile(path, 'utf8').catch(() => undefined);
