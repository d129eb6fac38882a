/** Memory of a GPU, in bytes. */
interface ObservedGpu {
  /** What ONNX Runtime calls it, such as `cuda`. */
  readonly device: string;
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly freeBytes: number;
  readonly engineBytes: number | undefined;
}

/** What is looked up at the moment of a scrape. All but the engines may be left out where nobody scrapes. */
export interface Observed {
  /** Of rerankd. */
  readonly version?: string;
  readyEngines(): number;
  /** Whether the CPU serves in place of a device that failed. */
  hasFallenBack?(): boolean;
  /** Tokens of one batch of the model that serves. */
  batchTokens?(): number | undefined;
  /** The change of the model that is under way. */
  operation?(): { readonly kind: string; readonly phase: string } | undefined;
  /** Whether the model that serves is on probation. */
  onProbation?(): boolean;
  /** Of the card, where models run on one and a driver tells; `engineBytes` is what those of the current model hold. */
  gpu?(): Promise<ObservedGpu | undefined>;
  /** Own memory of the processes, without mapped files. */
  memory?(): Promise<readonly { readonly process: string; readonly bytes: number }[]>;
}
