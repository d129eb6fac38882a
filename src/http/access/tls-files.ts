import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { messageOf, ServiceError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { ReloadedFiles } from '../../platform/reloaded-files.ts';
import type { AccessMetrics } from './access-metrics.ts';

/** A certificate chain and its key, as PEM texts that fit together. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface TlsFilesOptions {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: AccessMetrics;
}

/** The certificate of the server, read again when its files change. */
export class TlsFiles implements Disposable {
  readonly #files: ReloadedFiles<KeyPair>;
  readonly #listeners: Set<(pair: KeyPair) => void>;

  private constructor(files: ReloadedFiles<KeyPair>, listeners: Set<(pair: KeyPair) => void>) {
    this.#files = files;
    this.#listeners = listeners;
  }

  /** @throws ServiceError invalid_request when the files can't be read or don't fit together. */
  static async open({ certFile, keyFile, clock, logger, metrics }: TlsFilesOptions): Promise<TlsFiles> {
    const listeners = new Set<(pair: KeyPair) => void>();
    const what = 'the TLS certificate and its key';
    try {
      const files: ReloadedFiles<KeyPair> = await ReloadedFiles.open({
        paths: [certFile, keyFile],
        what,
        parse: ([cert = '', key = '']) => {
          const { validToDate, subject } = checkPair({ cert, key });
          const name = subject?.replaceAll('\n', ', ') ?? 'a name in its extensions';
          metrics.certificateExpiry.reset();
          metrics.certificateExpiry.set({ subject: name }, validToDate.getTime() / 1000);
          const until = validToDate.toISOString();
          if (validToDate < clock.date())
            logger.error(`the TLS certificate for ${name} has ended on ${until}`);
          else logger.info(`the TLS certificate is for ${name} and valid until ${until}`);
          return { cert, key };
        },
        onReload: (outcome) => {
          metrics.reloads.inc({ what: 'tls', outcome });
          if (outcome === 'taken') for (const listener of listeners) listener(files.value);
        },
        clock,
        logger,
      });
      return new TlsFiles(files, listeners);
    } catch (error) {
      throw new ServiceError('invalid_request', `${what} can't be used: ${messageOf(error)}`, {
        detail: `RERANK_TLS_CERT (${certFile}) must be a PEM certificate, followed by those in between if there are any, and RERANK_TLS_KEY (${keyFile}) its key without a password.`,
        cause: error,
      });
    }
  }

  get current(): KeyPair {
    return this.#files.value;
  }

  /** Connections that are made from then on are to use the pair; those that are open don't notice. */
  onChange(listener: (pair: KeyPair) => void): void {
    this.#listeners.add(listener);
  }

  [Symbol.dispose](): void {
    this.#files[Symbol.dispose]();
    this.#listeners.clear();
  }
}

/** @throws Error when one of them is broken, or they don't belong together. */
function checkPair({ cert, key }: KeyPair): X509Certificate {
  const certificate = attempt('the certificate is not PEM', () => new X509Certificate(cert));
  const privateKey = attempt('the key is not PEM, or has a password', () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) throw new Error('the key is not that of the certificate');
  attempt('OpenSSL refuses them', () => createSecureContext({ cert, key }));
  return certificate;
}

function attempt<T>(problem: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Error(`${problem} (${messageOf(error)})`, { cause: error });
  }
}
