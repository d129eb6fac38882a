import { createHash } from 'node:crypto';
import type { Response } from 'express';

/** A text that is the same for as long as the process lives, made when it is first asked for. */
export class CachedText {
  readonly #make: () => string;
  #made: { readonly text: string; readonly etag: string } | undefined;

  constructor(make: () => string) {
    this.#make = make;
  }

  /** Answers 304 to who has it already. */
  send(response: Response, mediaType: string): void {
    this.#made ??= withEtag(this.#make());
    const { text, etag } = this.#made;
    // Another version of the server may answer next time.
    response.set({ ETag: etag, 'Cache-Control': 'no-cache' }).type(mediaType).send(text);
  }
}

function withEtag(text: string) {
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` };
}
