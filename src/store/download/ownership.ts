import { randomUUID } from 'node:crypto';
import { open, readFile, readlink, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { z } from 'zod';
import { type Clock, delay } from '../../platform/clock.ts';

const BEAT_MS = 5000;
/** A file whose time stamp has not moved for so long, by the clock of who looks at it, has no owner any more. */
const SILENCE_MS = 20_000;
/** So long before others think so, an owner that could not touch its file stops. */
const LOST_MS = 15_000;
const SETTLE_MS = 1000;

const schema = z.object({ owner: z.string(), token: z.string() });

/** Somebody else took over, or may have: nothing may be written any more. */
export class OwnershipLost extends Error {
  override readonly name = 'OwnershipLost';
}

/**
 * Says to processes on other machines, or in other containers, that share a volume that a directory is being worked in.
 * Among processes that see each other a lock does that, and tells at once when its owner is dead; this file is for the
 * others, who can only see that its time stamp moves. Clocks of several machines are never compared.
 */
export class Ownership {
  readonly #path: string;
  readonly #token: string;
  readonly #clock: Clock;
  #beatAt: number;
  #isLost = false;
  #cancel = (): void => {};

  private constructor(path: string, token: string, clock: Clock) {
    this.#path = path;
    this.#token = token;
    this.#clock = clock;
    this.#beatAt = clock.now();
    this.#schedule();
  }

  /**
   * Takes a directory that nobody else works in, by the file that says so.
   * @param silence remembers what the file looked like before; one for all calls of a waiter
   * @returns undefined while somebody else does.
   */
  static async take(
    path: string,
    silence: Silence,
    clock: Clock,
    signal: AbortSignal,
  ): Promise<Ownership | undefined> {
    const mine = { owner: await ownName(), token: randomUUID() };
    const held = await readOwner(path);
    if (held === undefined && (await create(path, mine))) return new Ownership(path, mine.token, clock);
    const isForeign = held?.owner !== mine.owner;
    if (isForeign && !(await silence.isLongEnough(path, clock))) return undefined;
    await replace(path, mine);
    // Two that saw the same silence may both have replaced it; the later one owns it, and both must see that.
    if (isForeign) await delay(clock, SETTLE_MS, signal);
    return (await readOwner(path))?.token === mine.token ? new Ownership(path, mine.token, clock) : undefined;
  }

  /** @throws OwnershipLost */
  ensureHeld(): void {
    if (this.#isLost || this.#clock.now() - this.#beatAt > LOST_MS) {
      throw new OwnershipLost('another process took over this download');
    }
  }

  release(): void {
    this.#isLost = true;
    this.#cancel();
  }

  #schedule(): void {
    this.#cancel = this.#clock.after(BEAT_MS, () => void this.#beat());
  }

  async #beat(): Promise<void> {
    try {
      if ((await readOwner(this.#path))?.token !== this.#token) this.#isLost = true;
      if (this.#isLost) return;
      const now = this.#clock.date();
      await utimes(this.#path, now, now);
      this.#beatAt = this.#clock.now();
    } catch {
      // The next beat may succeed; when none does, the ownership is lost.
    }
    if (!this.#isLost) this.#schedule();
  }
}

/** How long the file of an owner has looked the same, by one clock. */
export class Silence {
  #seen = '';
  #since = 0;

  async isLongEnough(path: string, clock: Clock): Promise<boolean> {
    const { mtimeMs, ino } = await stat(path).catch(() => ({ mtimeMs: 0, ino: 0 }));
    const seen = `${ino}-${mtimeMs}`;
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#since = clock.now();
    }
    return clock.now() - this.#since >= SILENCE_MS;
  }
}

/** The same for all processes that the lock of this machine reaches: it ends at the network namespace. */
async function ownName(): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => hostname());
  const namespace = await readlink('/proc/self/ns/net').catch(() => '');
  return `${boot.trim()} ${namespace}`;
}

async function readOwner(path: string): Promise<z.output<typeof schema> | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

async function create(path: string, owner: z.output<typeof schema>): Promise<boolean> {
  try {
    const handle = await open(path, 'wx');
    await handle.writeFile(JSON.stringify(owner)).finally(() => handle.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function replace(path: string, owner: z.output<typeof schema>): Promise<void> {
  const temporary = `${path}.${owner.token}`;
  await writeFile(temporary, JSON.stringify(owner));
  await rename(temporary, path);
}
