/** The load process: apart from the bench, so that neither's measurements disturb the other's. */
import { readRequestFile } from '../workload/request-file.ts';
import { Client, prepare } from './client.ts';
import { runClosedLoop } from './closed-loop.ts';
import { runOpenLoop } from './open-loop.ts';
import type { LoadNews, LoadSettings } from './protocol.ts';

// The bench ends this process by closing the channel, also by its own death.
process.on('disconnect', () => process.exit());

const settings = JSON.parse(process.argv[2] ?? '{}') as LoadSettings;
const { plan } = settings;
const requests = (await readRequestFile(settings.requestFile)).map(prepare);
const client = new Client(settings.url, settings.headers);
const onMeasuring = (): void => tell({ kind: 'measuring' });
const report =
  plan.kind === 'closed'
    ? await runClosedLoop(client, requests, plan, onMeasuring)
    : await runOpenLoop(client, requests, plan, onMeasuring);
tell({ kind: 'report', report });

function tell(news: LoadNews): void {
  process.send?.(news);
}
