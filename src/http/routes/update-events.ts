import type { RequestHandler } from 'express';
import type { Clock } from '../../platform/clock.ts';
import type { OperationReport } from '../../serving/operation/operation-report.ts';
import type { Updater } from '../../serving/update/updater.ts';

/** Progress of one phase is told no more often. */
const MIN_INTERVAL_MS = 200;

/** Proxies close connections on which nothing happens. */
const HEARTBEAT_MS = 15_000;

/** A reader that is so far behind is not reading. */
const MAX_BUFFERED_BYTES = 2 ** 20;

/**
 * GET /update/:id/events: server-sent events (HTML standard, section 9.2). Each carries the whole report, so that none of them
 * has to arrive: the first at once, the last as `end`.
 */
export function updateEventsRoute(updater: Updater, clock: Clock): RequestHandler {
  return (request, response) => {
    const operation = updater.find(String(request.params.id));
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      // nginx would collect them otherwise.
      'X-Accel-Buffering': 'no',
    });
    // Express sends HEAD here too, and nobody would end an answer without a body before the operation is over.
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    let told: { readonly at: number; readonly step: string } | undefined;
    let cancelHeartbeat: (() => void) | undefined;

    const beat = (): void => {
      cancelHeartbeat = clock.after(HEARTBEAT_MS, () => {
        response.write(': still here\n\n');
        beat();
      });
    };
    const leave = (): void => {
      unsubscribe();
      cancelHeartbeat?.();
    };
    const tell = (): void => {
      const { report, isOver } = operation;
      const step = stepOf(report);
      const isSoon = told?.step === step && clock.now() - told.at < MIN_INTERVAL_MS;
      if (isSoon && !isOver) return;
      told = { at: clock.now(), step };
      response.write(`event: ${isOver ? 'end' : 'operation'}\ndata: ${JSON.stringify(report)}\n\n`);
      if (isOver) {
        leave();
        response.end();
      } else if (response.writableLength > MAX_BUFFERED_BYTES) response.destroy();
    };
    const unsubscribe = operation.onChange(tell);
    response.once('close', leave);
    beat();
    tell();
  };
}

/** Where an operation is; a change of it is always told. */
function stepOf({ phase, status, warnings, probation, mode }: OperationReport): string {
  return [phase, status, warnings.length, probation?.state, mode?.chosen].join(' ');
}
