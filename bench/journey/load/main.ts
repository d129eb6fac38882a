/** The load process: apart from the bench, so that neither's measurements disturb the other's. */
import { Client, prepare } from '../../serve/load/client.ts';
import { readRequestFile } from '../../serve/workload/request-file.ts';
import type { LoadSettings } from './protocol.ts';
import { runSteadyLoad } from './steady-load.ts';

const stop = new AbortController();
process.once('message', () => stop.abort());
// The bench ends this process by closing the channel, also by its own death.
process.once('disconnect', () => process.exit());

const settings = JSON.parse(process.argv[2] ?? '{}') as LoadSettings;
const requests = (await readRequestFile(settings.requestFile)).map(prepare);
const client = new Client(settings.url, {});
process.send?.(await runSteadyLoad(client, requests, { ...settings, stop: stop.signal }));
