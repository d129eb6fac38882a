import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 5;

/**
 * Waits for a condition that announces itself by no event, such as the state of another process.
 * There is no time limit of its own: the test's limit ends it, and the message says what was awaited.
 * @returns what the probe found.
 */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
) {
  const reminder = setTimeout(() => console.warn(`still waiting until ${what}`), 20_000);
  try {
    for (;;) {
      const found = await probe();
      if (found !== undefined && found !== false) return found as T;
      await pause(POLL_MS);
    }
  } finally {
    clearTimeout(reminder);
  }
}
