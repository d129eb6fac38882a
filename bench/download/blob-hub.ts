import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LinkSpeed } from '../../test/support/fake-hub/pace.ts';

const program = fileURLToPath(new URL('hub.ts', import.meta.url));

export interface Blob {
  readonly size: number;
  readonly sha256: string;
}

/** Has a process send the blob at that speed, until the work is over. */
export async function withBlobHub<T>(
  { size }: Blob,
  link: LinkSpeed,
  work: (url: URL) => Promise<T>,
): Promise<T> {
  const hub = fork(program, [String(size), JSON.stringify(link)]);
  try {
    const [url] = (await once(hub, 'message')) as [string];
    return await work(new URL(url));
  } finally {
    hub.disconnect();
    await once(hub, 'exit');
  }
}
