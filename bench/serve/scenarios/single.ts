import { measureClosedLoop } from './measure-closed-loop.ts';
import type { Scenario } from './scenario.ts';

const DOCUMENTS = 100;

/** Enough that no engine ever waits. */
const SATURATING_CONNECTIONS = 8;

/** How well one request alone uses the whole machine: 1 is perfect. */
export const single: Scenario = {
  name: 'single',
  about: `one request of ${DOCUMENTS} documents at a time; its latency / the time of as much work at full load`,
  for: 'rerankd',
  async run(contender, { workload, seconds, signal }) {
    const file = await workload.requests('mixed', DOCUMENTS);
    await using server = await contender.start(signal);
    const alone = await measureClosedLoop(server, { file, connections: 1, seconds }, signal);
    const full = await measureClosedLoop(
      server,
      { file, connections: SATURATING_CONNECTIONS, seconds },
      signal,
    );
    const latencyMs = mean(alone.report.latenciesMs);
    // By tokens: the two measurements need not have seen the same requests equally often.
    const tokensPerRequest = alone.report.tokens / alone.report.latenciesMs.length;
    const idealLatencyMs = (1000 * tokensPerRequest) / (full.figures.tokensPerSecond ?? Number.NaN);
    return [
      {
        variant: '',
        figures: {
          latencyMs,
          idealLatencyMs,
          latencyRatio: latencyMs / idealLatencyMs,
          failed: alone.report.failed + full.report.failed,
        },
      },
    ];
  },
};

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
