import { middleOf } from '../../../scripts/measuring/statistics.ts';
import type { Scenario } from './scenario.ts';
import { measureSlice, PASSES, sliceMs } from './slices.ts';

const DOCUMENTS = 100;

/** Enough that no engine ever waits. */
const SATURATING_CONNECTIONS = 8;

/**
 * How well one request alone uses the whole machine: 1 is perfect. One connection that sends one request after the other computes
 * as many tokens a second as a request has, divided by its latency.
 */
export const single: Scenario = {
  name: 'single',
  about: `one request of ${DOCUMENTS} documents at a time; its latency / the time of as much work at full load`,
  for: 'rerankd',
  async run(contender, { workload, seconds, signal, say }) {
    const file = await workload.requests('mixed', DOCUMENTS);
    await using server = await contender.start(signal);
    const alone: number[] = [];
    const full: number[] = [];
    for (let pass = 1; pass <= PASSES; pass++) {
      say(`pass ${pass} of ${PASSES}`);
      const slice = (connections: number) =>
        measureSlice(server, { file, connections }, sliceMs(seconds), signal);
      alone.push(await slice(1));
      full.push(await slice(SATURATING_CONNECTIONS));
    }
    const tokens = file.requests.reduce((sum, request) => sum + request.tokens, 0) / file.requests.length;
    return [
      {
        variant: '',
        figures: {
          latencyMs: (1000 * tokens) / middleOf(alone).median,
          idealLatencyMs: (1000 * tokens) / middleOf(full).median,
          latencyRatio: middleOf(full.map((rate, pass) => rate / (alone[pass] ?? Number.NaN))).median,
        },
      },
    ];
  },
};
