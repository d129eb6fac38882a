/** What may go wrong with an answer. Offsets count from the start of the file, not of the range. */
export type Fault =
  /** The connection closes after so many bytes of this body. */
  | { readonly kind: 'drop'; readonly afterBytes: number }
  /** Nothing more comes after so many bytes of this body; the connection stays open. */
  | { readonly kind: 'stall'; readonly afterBytes: number }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly retryAfter?: string;
      readonly errorCode?: string;
    }
  /** 200 and the whole file, whatever range was asked for. */
  | { readonly kind: 'ignore-range' }
  | { readonly kind: 'etag'; readonly value: string }
  /** One bit of the byte at this offset is another one. */
  | { readonly kind: 'flip'; readonly at: number }
  /** The body ends that much too early, as if it were whole: nothing in the head contradicts it. */
  | { readonly kind: 'truncate'; readonly missingBytes: number }
  | { readonly kind: 'content-range'; readonly value: string | undefined }
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: number }
  | { readonly kind: 'without-header'; readonly name: string }
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  /** The head waits for this promise. */
  | { readonly kind: 'hold'; readonly until: Promise<unknown> }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Of JSON answers: another one in its place. */
  | { readonly kind: 'json'; readonly replace: (answer: unknown) => unknown };

/** Which requests a fault meets. */
export interface FaultRule {
  /** The URL path contains it, or matches it. */
  readonly path: string | RegExp;
  readonly method?: 'GET' | 'HEAD';
  /** The hub itself, the second origin that large files come from, or either. */
  readonly server?: 'hub' | 'cdn';
  /** How many requests go well first; 0 by default. */
  readonly skip?: number;
  /** How many requests then meet it; 1 by default. */
  readonly times?: number;
  /** Only requests whose range begins here. */
  readonly rangeStart?: number;
}

export interface FaultedRequest {
  readonly server: 'hub' | 'cdn';
  readonly method: string;
  readonly path: string;
  readonly rangeStart: number | undefined;
}

/** Every fault that was asked for, with its count. */
export class FaultPlan {
  readonly #rules: { rule: FaultRule; fault: Fault; skip: number; times: number }[] = [];

  add(rule: FaultRule, fault: Fault): void {
    this.#rules.push({ rule, fault, skip: rule.skip ?? 0, times: rule.times ?? 1 });
  }

  clear(): void {
    this.#rules.length = 0;
  }

  /** The faults that this request meets; it counts as met. */
  meet(request: FaultedRequest): Fault[] {
    const met: Fault[] = [];
    for (const entry of this.#rules) {
      if (!matches(entry.rule, request)) continue;
      if (entry.skip > 0) entry.skip -= 1;
      else if (entry.times > 0) {
        entry.times -= 1;
        met.push(entry.fault);
      }
    }
    return met;
  }
}

function matches(rule: FaultRule, request: FaultedRequest): boolean {
  if (rule.server !== undefined && rule.server !== request.server) return false;
  if (rule.method !== undefined && rule.method !== request.method) return false;
  if (rule.rangeStart !== undefined && rule.rangeStart !== request.rangeStart) return false;
  return typeof rule.path === 'string' ? request.path.includes(rule.path) : rule.path.test(request.path);
}

/** The fault of one kind among those met. */
export function faultOf<K extends Fault['kind']>(faults: readonly Fault[], kind: K) {
  return faults.find((fault): fault is Extract<Fault, { kind: K }> => fault.kind === kind);
}
