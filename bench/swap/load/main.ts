/** The load process: apart from the bench, so that neither's measurements disturb the other's. */
import { type Load, startLoad } from './drive.ts';
import type { LoadNews, LoadOrder } from './protocol.ts';
import { Tally } from './tally.ts';

const TICK_MS = 1000;

const tally = new Tally();
let load: Load | undefined;

function tell(news: LoadNews): void {
  process.send?.(news);
}

async function finish(): Promise<void> {
  await load?.drain();
  tell({ kind: 'report', report: tally.report() });
}

process.on('message', (order: LoadOrder) => {
  if (order.kind === 'phase') tally.enter(order.phase);
  else if (order.kind === 'drain') void finish();
  else {
    load = startLoad(order.settings, tally);
    setInterval(() => tell({ kind: 'tick', tick: tally.tick }), TICK_MS);
  }
});

// The bench ends this process by closing the channel, also by its own death.
process.on('disconnect', () => process.exit());
