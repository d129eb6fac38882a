import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The module `name` beside the calling one, with the calling one's own extension: children and threads are started
 * from `.ts` in a checkout and from `.js` in a build.
 */
export function entryBeside(moduleUrl: string, name: string): URL {
  return new URL(`./${name}${extname(fileURLToPath(moduleUrl))}`, moduleUrl);
}
