/** What the probes of Kubernetes ask. */
export interface Readiness {
  /** True once a first model was loaded, for ever after. */
  hasStarted(): boolean;
  /** Undefined while requests are welcome. */
  whyNotReady(): string | undefined;
}

export const NOT_READY_RETRY_SECONDS = '1';
