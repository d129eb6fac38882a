/** How somebody follows a fetch, and gives it up. */
export interface FetchWork {
  readonly signal: AbortSignal;
  readonly advance: (done: number, total: number, unit: 'bytes') => void;
  readonly warn: (message: string) => void;
}
