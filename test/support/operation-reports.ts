/** A report of an operation as a server sends it, in full. */
export function operationReport(fields: object = {}) {
  return {
    id: 'op-1',
    kind: 'update',
    model: 'local://next',
    status: 'running',
    phase: 'resolve',
    started_at: '2026-05-01T12:00:00.000Z',
    phases: [{ phase: 'resolve', ms: 1.5 }],
    progress: null,
    by: 'admin key',
    mode: null,
    dry_run: false,
    forced: false,
    lock_held_ms: null,
    held_requests: null,
    memory: null,
    checks: null,
    probation: null,
    warnings: [],
    error: null,
    ...fields,
  };
}

export const comparison = {
  queries: 54,
  documents: 508,
  kendallTau: 0.912,
  worstQuery: { index: 16, kendallTau: -0.2, query: 'How do I undo the last commit?' },
  top1Overlap: 0.9,
  topK: 10,
  topKOverlap: 0.97,
  // JSON has no infinity.
  maxDrift: null,
  meanDrift: 0.2,
  maxRelativeDrift: 0.0345,
  meanRelativeDrift: 0.001,
  maxScoreDrift: 0.081,
  meanScoreDrift: 0.01,
  threshold: 0.5,
  thresholdCrossing: 0.04,
  nonFinite: { reference: 0, candidate: 0 },
  referenceTime: { sumMs: 2345, medianMs: 28.61 },
  candidateTime: { sumMs: 2469, medianMs: 45.7 },
  latencyRatio: 1.6,
};

const passedChecks = {
  passed: true,
  forced: false,
  checks: [{ name: 'finite', passed: true, message: '32 scores are finite', ms: 12.3 }],
  compared_with: 'local://demo',
  comparison,
  limits: {},
};

export const failedChecks = {
  ...passedChecks,
  passed: false,
  checks: [
    ...passedChecks.checks,
    { name: 'agreement', passed: false, message: 'Kendall tau is 0.912, below 0.97', ms: 2345 },
  ],
};

export const onProbation = {
  state: 'running',
  requests: 0,
  requests_wanted: 1000,
  seconds_left: 300,
  reason: null,
};

/** An update that went well and is on probation. */
export const success = operationReport({
  status: 'succeeded',
  phase: 'release',
  phases: [
    { phase: 'resolve', ms: 1.5 },
    { phase: 'compile', ms: 1234.5 },
    { phase: 'swap', ms: 0.012 },
  ],
  mode: { chosen: 'beside', why: 'beside: both fit: 512 MiB of 4096 MiB are needed' },
  lock_held_ms: 0.0123,
  held_requests: 3,
  memory: {
    before_bytes: 512 * 2 ** 20,
    after_bytes: 530.5 * 2 ** 20,
    gpu_before_bytes: null,
    gpu_after_bytes: null,
  },
  checks: passedChecks,
  probation: onProbation,
});
