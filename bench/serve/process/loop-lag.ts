import { readMetric } from './read-metric.ts';

/**
 * The 99th percentile of rerankd's event-loop delay since the last time that somebody asked, in milliseconds: prom-client empties
 * its histogram at every scrape.
 */
export async function takeLoopLagP99(url: string): Promise<number> {
  return (await readMetric(url, 'nodejs_eventloop_lag_p99_seconds')) * 1000;
}
