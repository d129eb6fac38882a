import type { EncodedPairs, EncodeRequest } from '../../src/model/tokenizer/protocol.ts';
import type { AskedProcess } from '../../src/model/tokenizer/tokenizer.ts';
import { ChildLost } from '../../src/platform/process/child-link.ts';

/** Whatever process is asked this ends. */
export const POISON = 'poison';

/** A tokenizer process that works on all calls at once, as the real one does, and whose end blames the first of them. */
export class FakeTokenizerProcess implements AskedProcess {
  readonly pid = 1;
  readonly #end = Promise.withResolvers<string>();
  readonly lost = this.#end.promise;
  readonly #pending: { readonly text: string; readonly answer: PromiseWithResolvers<EncodedPairs> }[] = [];
  alive = true;

  async encode({ query }: EncodeRequest): Promise<EncodedPairs> {
    if (!this.alive) throw new ChildLost('the tokenizer is gone', false);
    const answer = Promise.withResolvers<EncodedPairs>();
    this.#pending.push({ text: query, answer });
    setImmediate(() => this.#work());
    return await answer.promise;
  }

  async inspect(): Promise<never> {
    throw new Error('nobody asks it this');
  }

  kill(because: string): void {
    this.alive = false;
    for (const [at, { answer }] of this.#pending.splice(0).entries()) {
      answer.reject(new ChildLost(`the tokenizer ended: ${because}`, at === 0));
    }
    this.#end.resolve(because);
  }

  #work(): void {
    if (this.#pending.some(({ text }) => text === POISON)) this.kill('signal SIGSEGV');
    for (const { answer } of this.#pending.splice(0)) {
      answer.resolve({
        lengths: Uint32Array.of(1),
        ids: Int32Array.of(1),
        typeIds: new Uint8Array(1),
        marks: new Uint8Array(1),
      });
    }
  }
}
