import { createHash } from 'node:crypto';
import { messageOf } from '../errors.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';
import { readText } from './read-text.ts';

/** How often the files are looked at. Reading some kilobytes costs less than being wrong about what changed. */
export const RELOAD_INTERVAL_MS = 1_000;

const MAX_BYTES = 2 ** 20;

export interface ReloadOptions<T> {
  readonly paths: readonly string[];
  /** What they hold, for messages: "the API keys". */
  readonly what: string;
  /** @throws Error that says what is wrong with the texts, in the order of `paths`, without printing a secret of theirs. */
  readonly parse: (texts: readonly string[]) => T;
  /** Told whenever other content was taken, or refused. */
  readonly onReload?: (outcome: 'taken' | 'refused') => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Look = { readonly texts: readonly string[] } | { readonly problem: string };

/**
 * What a few small files say, read again whenever they say something else.
 *
 * They are read and compared, not watched: notifications of the file system miss what Kubernetes does (it swaps the link
 * `..data`, nothing happens to the file itself), and network file systems have none. Content is judged once two looks in a
 * row find the same, so that a file that is being written isn't. What can't be read or used is logged, and the last good
 * content stays in force.
 */
export class ReloadedFiles<T> implements Disposable {
  readonly #options: ReloadOptions<T>;
  #value: T;
  /** Fingerprints, as the texts may be secret: of what is in force or was refused, and of what the last look found. */
  #judged: string;
  #found: string;
  #isRefused = false;
  #cancel: (() => void) | undefined;
  #closed = false;

  private constructor(options: ReloadOptions<T>, value: T, look: string) {
    this.#options = options;
    this.#value = value;
    this.#judged = look;
    this.#found = look;
    this.#lookLater();
  }

  /** @throws Error of the first look: nothing is in force that could be kept. */
  static async open<T>(options: ReloadOptions<T>): Promise<ReloadedFiles<T>> {
    const look = await lookAt(options);
    if ('problem' in look) throw new Error(look.problem);
    return new ReloadedFiles(options, options.parse(look.texts), fingerprint(look));
  }

  /** The last good content. */
  get value(): T {
    return this.#value;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#cancel?.();
  }

  #lookLater(): void {
    this.#cancel = this.#options.clock.after(RELOAD_INTERVAL_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    const look = await lookAt(this.#options);
    if (this.#closed) return;
    const found = fingerprint(look);
    if (found !== this.#judged && found === this.#found) {
      this.#judged = found;
      this.#judge(look);
    }
    this.#found = found;
    this.#lookLater();
  }

  #judge(look: Look): void {
    const { what, paths, parse, logger, onReload } = this.#options;
    try {
      if ('problem' in look) throw new Error(look.problem);
      this.#value = parse(look.texts);
      logger.info(
        { paths },
        `${what} were read again${this.#isRefused ? ', and can be used once more' : ''}`,
      );
      this.#isRefused = false;
      onReload?.('taken');
    } catch (error) {
      this.#isRefused = true;
      logger.error(
        { paths },
        `${what} can't be used: ${messageOf(error)}. Those that were read before stay in force.`,
      );
      onReload?.('refused');
    }
  }
}

async function lookAt({ paths, what }: Pick<ReloadOptions<unknown>, 'paths' | 'what'>): Promise<Look> {
  try {
    const texts = await Promise.all(
      paths.map((path) => readText(path, { maxBytes: MAX_BYTES, what: `the file ${path} with ${what}` })),
    );
    return { texts };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

function fingerprint(look: Look): string {
  return createHash('sha256').update(JSON.stringify(look)).digest('hex');
}
