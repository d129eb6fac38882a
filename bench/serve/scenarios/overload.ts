import { quantile } from '../../../scripts/measuring/statistics.ts';
import type { RunningServer } from '../../server/start-server.ts';
import { LoadProcess } from '../load/load-process.ts';
import type { LoadReport } from '../load/protocol.ts';
import { takeLoopLagP99 } from '../process/loop-lag.ts';
import type { RequestFile } from '../workload/request-file.ts';
import { HealthProbe } from './health-probe.ts';
import { measureClosedLoop } from './measure-closed-loop.ts';
import type { Scenario } from './scenario.ts';

const DOCUMENTS = 32;

const CONNECTIONS_AT_PEAK = 32;

const OVERLOAD = 2;

/** What each client gives the server for its request. */
const REQUEST_TIMEOUT_SECONDS = 2;

/** What came before everybody's time is up says nothing about the steady state. */
const WARM_UP_SECONDS = 2 * REQUEST_TIMEOUT_SECONDS;

/** Twice as many requests as the server can answer, by clients that don't wait for each other. */
export const overload: Scenario = {
  name: 'overload',
  about: `open loop at ${OVERLOAD} × the measured peak, X-Request-Timeout: ${REQUEST_TIMEOUT_SECONDS}: goodput, refusals, /healthz`,
  for: 'rerankd',
  async run(contender, { workload, seconds, signal, say }) {
    const file = await workload.requests('mixed', DOCUMENTS);
    await using server = await contender.start(signal);
    const load = { file, seconds, connections: CONNECTIONS_AT_PEAK };
    const { figures } = await measureClosedLoop(server, load, signal);
    const peak = figures.documentsPerSecond ?? Number.NaN;
    const rate = (OVERLOAD * peak) / DOCUMENTS;
    say(`${rate.toFixed(1)} requests/s`);
    using health = new HealthProbe(server.url);
    await takeLoopLagP99(server.url);
    const report = await driveOpenLoop(server, file, { rate, seconds }, signal);
    const loopLagP99Ms = await takeLoopLagP99(server.url);
    const goodput = report.documents / report.seconds;
    return [
      {
        variant: '',
        figures: {
          peakDocumentsPerSecond: peak,
          goodput,
          goodputShare: goodput / peak,
          p50Ms: quantile(report.latenciesMs, 0.5),
          p99Ms: quantile(report.latenciesMs, 0.99),
          refusedShare: report.refused / report.sent,
          retryAfterShare: report.refusedWithRetryAfter / report.refused,
          loopLagP99Ms,
          healthP99Ms: quantile(health.latenciesMs, 0.99),
          failed: report.failed + health.failures,
        },
        ...(report.example !== undefined && { fault: report.example }),
      },
    ];
  },
};

async function driveOpenLoop(
  server: RunningServer,
  file: RequestFile,
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
  signal: AbortSignal,
): Promise<LoadReport> {
  const sending = WARM_UP_SECONDS + seconds;
  await using load = new LoadProcess({
    url: `${server.url}/rerank`,
    requestFile: file.path,
    headers: { 'x-request-timeout': String(REQUEST_TIMEOUT_SECONDS) },
    plan: {
      kind: 'open',
      requestsPerSecond: rate,
      warmUpSeconds: WARM_UP_SECONDS,
      seconds,
      // A server that takes all in is through with it after as much time again.
      patienceSeconds: OVERLOAD * sending,
    },
  });
  return await load.report(AbortSignal.any([signal, server.ended]));
}
