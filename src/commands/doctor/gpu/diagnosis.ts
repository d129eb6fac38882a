/** Why a device does not work: the first thing in the way, since all behind it follows from it or can wait. */
export interface Diagnosis {
  readonly cause: string;
  /** What to do next. */
  readonly mend: string;
}

/** What ONNX Runtime made of a device. */
export interface Attempt {
  /** Of ONNX Runtime. */
  readonly runtime: string;
  /** Why it does not work, in the runtime's words; undefined where it does. */
  readonly failure: string | undefined;
}

const LONGEST_WORDS = 400;

/** What it said, without what precedes it in a log line, and no more than a line or two. */
export function ownWords({ runtime, failure = 'nothing' }: Attempt): string {
  return `ONNX Runtime ${runtime} says: ${failure.slice(0, LONGEST_WORDS)}`;
}
