import type { Tracing } from '../../platform/tracing/tracing.ts';
import type { Operation } from '../operation/operation.ts';

/**
 * Puts an operation that has ended into the trace of whoever asked for it, with a span for each of its phases. Its probation, which
 * goes on for long, follows when it is over.
 */
export function traceOperation(tracing: Pick<Tracing, 'record'>, operation: Operation): void {
  const { id, kind, model, status, dry_run, mode } = operation.report;
  const phases = operation.phaseTimes.filter(({ phase }) => phase !== 'probation');
  const [first, last] = [phases[0], phases.at(-1)];
  if (first === undefined || last?.to === undefined) return;
  const failure = status === 'succeeded' ? undefined : status;
  const attributes = {
    'rerankd.operation.id': id,
    'rerankd.operation.status': status,
    'rerankd.operation.mode': mode?.chosen ?? 'none',
    'rerankd.operation.dry_run': dry_run,
    'rerankd.model': model,
  };
  const asked = operation.trace?.context;
  const whole = tracing.record({ name: kind, from: first.from, to: last.to, attributes, failure }, asked);
  for (const { phase, from, to = from } of phases) {
    const isLast = phase === last.phase;
    tracing.record({ name: `${kind}.${phase}`, from, to, ...(isLast && { failure }) }, whole);
  }
  if (operation.isOver) return;
  const unlisten = operation.onChange(() => {
    const { probation } = operation.report;
    const watched = operation.phaseTimes.find(({ phase }) => phase === 'probation');
    if (!operation.isOver || watched?.to === undefined) return;
    unlisten();
    const outcome = { 'rerankd.probation.outcome': probation?.state ?? 'ended' };
    tracing.record(
      { name: `${kind}.probation`, from: watched.from, to: watched.to, attributes: outcome },
      whole,
    );
  });
}
