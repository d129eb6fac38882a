/** What is looked up at the moment of a scrape. All but the engines may be left out where nobody scrapes. */
export interface Observed {
  /** Of rerankd. */
  readonly version?: string;
  readyEngines(): number;
  /** The change of the model that is under way. */
  operation?(): { readonly kind: string; readonly phase: string } | undefined;
  /** Whether the model that serves is on probation. */
  onProbation?(): boolean;
  /** Own memory of the processes, without mapped files. */
  memory?(): Promise<readonly { readonly process: string; readonly bytes: number }[]>;
}
