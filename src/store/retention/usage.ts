import type { Logger } from '../../platform/logger.ts';
import type { Leases, StoreLease } from './leases.ts';
import type { Ledger, Use } from './ledger.ts';

export interface UsageOptions {
  readonly leases: Pick<Leases, 'take'>;
  readonly ledger: Pick<Ledger, 'used'>;
  readonly logger: Pick<Logger, 'warn'>;
}

/** What those who fetch and copy tell whoever decides what may be deleted. */
export class Usage {
  readonly #options: UsageOptions;

  constructor(options: UsageOptions) {
    this.#options = options;
  }

  /** Keeps something where it is until it is released. Never throws. */
  async hold(key: string): Promise<StoreLease> {
    return await this.#options.leases.take(key);
  }

  /** Notes that something is used now. Never throws: a full disk must not keep a model from serving. */
  async note(key: string, use: Use): Promise<void> {
    const { ledger, logger } = this.#options;
    await ledger.used(key, use).catch((error) => {
      logger.warn({ err: error }, `it was not noted that ${use.reference ?? key} is used`);
    });
  }
}
