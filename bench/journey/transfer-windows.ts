import type { Sighting } from './followed-operation.ts';
import type { Sent } from './hub/protocol.ts';
import type { Window } from './window.ts';

/** What is told apart of bringing a model. */
export type TransferPart = 'download' | 'hash' | 'copy' | 'verify' | 'compile';

/**
 * Tells the parts of a fetch apart. The server calls all of it "fetch" until the copy is made: the download is over when the hub
 * has sent the last byte, and the copy has begun when the progress begins anew.
 */
export function transferWindows(
  sent: Sent,
  sightings: readonly Sighting[],
  end: number,
): Partial<Record<TransferPart, Window>> {
  const download = { from: sent.from, to: sent.to };
  const later = sightings.filter(({ at }) => at > sent.to);
  const copyAt = later.find(
    ({ phase, done }, index) => phase === 'fetch' && (done ?? 0) < (later[index - 1]?.done ?? 0),
  )?.at;
  const verifyAt = firstOf(later, 'verify');
  const compileAt = firstOf(later, 'compile');
  const compiledAt =
    compileAt === undefined ? undefined : later.find(({ phase }) => !BEFORE_LOAD.has(phase))?.at;
  return {
    download,
    ...windowOf('hash', sent.to, copyAt ?? verifyAt ?? end),
    ...windowOf('copy', copyAt, verifyAt ?? end),
    ...windowOf('verify', verifyAt, compileAt ?? end),
    ...windowOf('compile', compileAt, compiledAt ?? end),
  };
}

const BEFORE_LOAD: ReadonlySet<string> = new Set(['resolve', 'fetch', 'verify', 'compile']);

function firstOf(sightings: readonly Sighting[], phase: string): number | undefined {
  return sightings.find((sighting) => sighting.phase === phase)?.at;
}

function windowOf(name: TransferPart, from: number | undefined, to: number): Record<string, Window> {
  return from === undefined || to <= from ? {} : { [name]: { from, to } };
}
