import type { Clock } from '../../src/platform/clock.ts';
import { Operation, type OperationOptions } from '../../src/serving/operation/operation.ts';
import { ManualClock } from './manual-clock.ts';

let operations = 0;

/** An update that was just asked for. */
export function someOperation(
  options: Partial<OperationOptions> = {},
  clock: Clock = new ManualClock(),
): Operation {
  return new Operation({
    id: `operation-${++operations}`,
    kind: 'update',
    reference: 'local://next',
    by: 'a test',
    dryRun: false,
    forced: false,
    clock,
    ...options,
  });
}
