import type { Comparison } from '../../model/agreement/compare.ts';
import { type ProbeSet, readProbeSet, shippedProbeSet } from '../../model/agreement/probe-set.ts';
import type { LiveRing } from './live-ring.ts';

/** Where the queries come from besides the shipped ones. */
export interface ProbeSources {
  /** RERANK_PROBE_SET: a file of the operator's own. */
  readonly file?: string | undefined;
  readonly live?: LiveRing | undefined;
}

/** The queries that a candidate and the running model are both asked. */
export class Probes {
  readonly set: ProbeSet;
  readonly #firstLive: number;

  private constructor(known: ProbeSet, live: ProbeSet) {
    this.set = [...known, ...live];
    this.#firstLive = known.length;
  }

  /** @throws ServiceError invalid_request that says what is wrong with the file. */
  static async gather({ file, live }: ProbeSources): Promise<Probes> {
    const own = file === undefined ? [] : await readProbeSet(file);
    return new Probes([...shippedProbeSet(), ...own], live?.asProbeSet() ?? []);
  }

  /** The comparison without the words of a user: reports are logged and handed on. */
  redact(comparison: Comparison): Comparison {
    const { worstQuery } = comparison;
    if (worstQuery.index < this.#firstLive) return comparison;
    return { ...comparison, worstQuery: { ...worstQuery, query: '(a live request)' } };
  }
}
