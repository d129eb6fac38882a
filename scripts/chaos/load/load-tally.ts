/** Enough to see a pattern. */
const MAX_EXAMPLES = 8;

/** Counts what became of the requests of a load. */
export class LoadTally {
  sent = 0;
  /** Answers that were right in every respect. */
  right = 0;
  /** No answer, or one with a status other than 200. */
  failed = 0;
  /** Status 200, but not what the model that it names answers. */
  wrong = 0;
  longestMs = 0;
  readonly examples: string[] = [];

  /** Requests that have neither an answer nor an error: those under way, and after the end those that were lost. */
  get open(): number {
    return this.sent - this.right - this.failed - this.wrong;
  }

  fail(what: string): void {
    this.failed++;
    this.#note(what);
  }

  mark(fault: string | undefined): void {
    if (fault === undefined) this.right++;
    else {
      this.wrong++;
      this.#note(fault);
    }
  }

  /** In words, for a table. */
  get summary(): string {
    const { right, failed, wrong, open } = this;
    return `${right.toLocaleString('en')} right, ${failed} failed, ${wrong} wrong, ${open} lost`;
  }

  /** What speaks against "every request got the right answer". Ask after the end of the load. */
  get faults(): readonly string[] {
    if (this.failed + this.wrong === 0 && this.open === 0 && this.right > 0) return [];
    return [this.summary, ...this.examples];
  }

  #note(example: string): void {
    if (this.examples.length < MAX_EXAMPLES) this.examples.push(example);
  }
}
