/** From the bench to the hub process. */
export type HubOrder =
  /** Publishes a directory as a repository; the last bytes of its weights depend on the variant, so that each has to be fetched. */
  | { readonly kind: 'publish'; readonly id: string; readonly directory: string; readonly variant: number }
  | { readonly kind: 'limit'; readonly bytesPerSecond: number | undefined }
  /** Begins to count what is sent anew. */
  | { readonly kind: 'count' };

/** What was sent of the weights since the last order to count. Times in milliseconds since 1970. */
export interface Sent {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

/** From the hub process to the bench. */
export type HubNews =
  | { readonly kind: 'ready'; readonly origin: string }
  | { readonly kind: 'published'; readonly commit: string; readonly weightBytes: number }
  | { readonly kind: 'sent'; readonly sent: Sent }
  | { readonly kind: 'failed'; readonly message: string };
