import { Writable } from 'node:stream';

/** Keeps what is written to it. */
export class TextRecorder extends Writable {
  readonly isTTY: boolean;
  readonly columns = 100;
  text = '';

  constructor({ isTTY = false } = {}) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
