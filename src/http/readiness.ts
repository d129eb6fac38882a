/** What the probes of Kubernetes ask. */
export interface Readiness {
  /** True once a first model was loaded, for ever after. */
  hasStarted(): boolean;
  /** Undefined while requests are welcome. */
  whyNotReady(): string | undefined;
  /** What an operator should know of a server that is ready all the same. */
  remark?(): string | undefined;
}

export const NOT_READY_RETRY_SECONDS = '1';
