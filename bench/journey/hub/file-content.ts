import { fstatSync, openSync, readSync } from 'node:fs';
import type { Content } from '../../../test/support/fake-hub/content.ts';

/** A file as it is now, read where it is asked for. It stays open as long as the process lives. @throws errors of the file system. */
export function fileContent(path: string): Content {
  const file = openSync(path, 'r');
  const { size } = fstatSync(file);
  return {
    size,
    read(start, end) {
      const bytes = Buffer.allocUnsafe(end - start);
      let done = 0;
      while (done < bytes.length) {
        const read = readSync(file, bytes, done, bytes.length - done, start + done);
        if (read === 0) throw new RangeError(`${path} has become shorter`);
        done += read;
      }
      return bytes;
    },
  };
}
