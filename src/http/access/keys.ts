import { messageOf, ServiceError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { type NamedKey, parseKeys, refuseTwins } from '../../platform/keys/parse-keys.ts';
import type { Logger } from '../../platform/logger.ts';
import { ReloadedFiles } from '../../platform/reloaded-files.ts';
import type { AccessMetrics } from './access-metrics.ts';
import { KeyRing } from './key-ring.ts';

/** What the key of a setting is called in logs and metrics. */
export const DEFAULT_KEY_ID = 'default';

export type KeyKind = 'api' | 'admin';

/** Where the keys of one kind come from. */
export interface KeySource {
  /** Of RERANK_API_KEY or RERANK_ADMIN_KEY. */
  readonly key: string | undefined;
  readonly file: string | undefined;
}

export interface KeysOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: AccessMetrics;
}

/** The keys that are in force now. */
export class Keys implements Disposable {
  readonly #rings: Readonly<Record<KeyKind, () => KeyRing>>;
  readonly #files: readonly Disposable[];

  private constructor(rings: Record<KeyKind, () => KeyRing>, files: readonly Disposable[]) {
    this.#rings = rings;
    this.#files = files;
  }

  /** @throws ServiceError invalid_request when a file has no usable keys: a server must not start with its doors open. */
  static async open(sources: Readonly<Record<KeyKind, KeySource>>, options: KeysOptions): Promise<Keys> {
    const files = new DisposableStack();
    try {
      const api = await openRing('api', sources.api, files, options);
      const admin = await openRing('admin', sources.admin, files, options);
      return new Keys({ api, admin }, [files.move()]);
    } catch (error) {
      files.dispose();
      throw error;
    }
  }

  /** The keys for requests. None: anybody may ask. */
  get api(): KeyRing {
    return this.#rings.api();
  }

  /** The keys for changes of the model. None: only programs on this machine may. */
  get admin(): KeyRing {
    return this.#rings.admin();
  }

  [Symbol.dispose](): void {
    for (const file of this.#files) file[Symbol.dispose]();
  }
}

async function openRing(
  kind: KeyKind,
  { key, file }: KeySource,
  files: DisposableStack,
  { clock, logger, metrics }: KeysOptions,
): Promise<() => KeyRing> {
  const fixed: NamedKey[] = key === undefined ? [] : [{ id: DEFAULT_KEY_ID, key }];
  const ringOf = (keys: readonly NamedKey[]): KeyRing => {
    metrics.keys.set({ kind }, keys.length);
    return new KeyRing(keys);
  };
  if (file === undefined) {
    const ring = ringOf(fixed);
    return () => ring;
  }
  const what = kind === 'api' ? 'the API keys' : 'the admin keys';
  const parse = ([text = '']: readonly string[]): KeyRing => {
    const keys = [...fixed, ...parseKeys(text)];
    refuseTwins(keys);
    return ringOf(keys);
  };
  const onReload = (outcome: 'taken' | 'refused'): void =>
    metrics.reloads.inc({ what: kind === 'api' ? 'api_keys' : 'admin_keys', outcome });
  try {
    const reloaded = files.use(
      await ReloadedFiles.open({ paths: [file], what, parse, onReload, clock, logger }),
    );
    return () => reloaded.value;
  } catch (error) {
    throw new ServiceError('invalid_request', `${what} can't be used: ${messageOf(error)}`, {
      detail: `The file ${file} must hold one key a line, as "id:key" or "key". Without keys the server does not start, so that it never stands open by mistake.`,
      cause: error,
    });
  }
}
