/** The hub process: whoever sends must not take turns with whoever receives, nor take processor time from whoever serves. */
import { startFakeHub } from '../../../test/support/fake-hub/fake-hub.ts';
import { lowerPriority } from '../lower-priority.ts';
import type { HubNews, HubOrder } from './protocol.ts';
import { publishDirectory } from './publish.ts';
import { SentCounter } from './sent-counter.ts';

lowerPriority();
const hub = await startFakeHub();
const counter = new SentCounter((sent) => tell({ kind: 'sent', sent }));

function tell(news: HubNews): void {
  process.send?.(news);
}

function carryOut(order: HubOrder): void {
  if (order.kind === 'count') counter.restart();
  else if (order.kind === 'limit') {
    const { bytesPerSecond } = order;
    hub.limit(bytesPerSecond === undefined ? {} : { bytesPerSecond });
  } else {
    const { commit, weightBytes } = publishDirectory(hub, order, (content) => counter.watch(content));
    tell({ kind: 'published', commit, weightBytes });
  }
}

process.on('message', (order: HubOrder) => {
  try {
    carryOut(order);
  } catch (error) {
    tell({ kind: 'failed', message: (error as Error).message });
  }
});
// The bench ends this process by closing the channel, also by its own death.
process.once('disconnect', () => process.exit());
tell({ kind: 'ready', origin: hub.origin });
