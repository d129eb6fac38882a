import type { Sighting } from '../followed-operation.ts';
import type { Sent } from '../hub/protocol.ts';
import { transferWindows } from '../transfer-windows.ts';
import type { Window } from '../window.ts';

/** Every phase of an update in order, the parts of a fetch told apart, between the calm before and after. */
export function phaseWindows(
  sent: Sent,
  sightings: readonly Sighting[],
  end: number,
  { before, after }: { readonly before: Window; readonly after: Window },
): ReadonlyMap<string, Window> {
  const windows = new Map<string, Window>([['before', before]]);
  for (const [name, window] of Object.entries(transferWindows(sent, sightings, end)))
    windows.set(name, window);
  for (const [index, { at, phase }] of sightings.entries()) {
    if (phase === 'resolve' || phase === 'fetch' || windows.has(phase)) continue;
    const next = sightings.slice(index).find((later) => later.phase !== phase);
    windows.set(phase, { from: at, to: next?.at ?? end });
  }
  return windows.set('after', after);
}
