import { SkippingClock } from './skipping-clock.ts';

/** Puts itself forward when somebody waits. */
export class ImpatientClock extends SkippingClock {
  override after(ms: number, run: () => void): () => void {
    return super.after(0, () => {
      this.skip(ms);
      run();
    });
  }
}
