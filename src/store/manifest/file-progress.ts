import type { PublishedFile } from './manifest.ts';

/** How much of all files is here. */
export class FileProgress {
  readonly #total: number;
  readonly #here = new Map<PublishedFile, number>();
  readonly #advance: (done: number, total: number, unit: 'bytes') => void;

  constructor(
    files: readonly PublishedFile[],
    advance: (done: number, total: number, unit: 'bytes') => void,
  ) {
    this.#total = files.reduce((sum, { size }) => sum + size, 0);
    this.#advance = advance;
  }

  add(file: PublishedFile, bytes: number): void {
    this.#here.set(file, Math.min(file.size, (this.#here.get(file) ?? 0) + bytes));
    this.#tell();
  }

  /** Nothing of the file counts any more. */
  restart(file: PublishedFile): void {
    this.#here.set(file, 0);
    this.#tell();
  }

  #tell(): void {
    let done = 0;
    for (const bytes of this.#here.values()) done += bytes;
    this.#advance(done, this.#total, 'bytes');
  }
}
