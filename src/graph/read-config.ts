import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What config.json of a checkpoint says, unchecked. A staged one has been looked at, its size too. @throws errors of the file system, SyntaxError */
export async function readConfig(checkpoint: string): Promise<unknown> {
  return JSON.parse(await readFile(join(checkpoint, 'config.json'), 'utf8'));
}
