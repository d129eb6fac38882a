/** How a model does that serves on probation. Its own JSON form. */
export interface ProbationReport {
  /** `ended`: something else came in between, such as another update. */
  readonly state: 'running' | 'passed' | 'rolled_back' | 'ended';
  readonly requests: number;
  readonly requests_wanted: number;
  readonly seconds_left: number;
  readonly reason: string | null;
}
