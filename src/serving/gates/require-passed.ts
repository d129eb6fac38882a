import { ServiceError } from '../../errors.ts';
import type { GateReport } from '../operation/gate-report.ts';

/** @throws ServiceError rejected_by_gate with the report, unless the model passed or is let through all the same. */
export function requirePassed(report: GateReport): void {
  if (report.passed || report.forced) return;
  const why = report.checks.filter(({ passed }) => !passed).map(({ message }) => message);
  throw new ServiceError('rejected_by_gate', `the model loads, but ${why.join('; and ')}`, {
    detail: 'The model that served before keeps serving.',
    report,
  });
}
