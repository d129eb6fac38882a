import type { Client } from '../../../test/support/client.ts';

/** Something that writes, step by step, and may be cut off at any of them. */
export interface Scenario {
  readonly what: string;
  /** The state directory that it begins with: see StateTemplates. */
  readonly from: 'empty' | 'updated';
  /** Begins it and waits for its end; nothing to do where the start itself is what writes. */
  readonly trigger: ((client: Client) => Promise<unknown>) | undefined;
  /** What may serve after it was cut off: all of these are good models. */
  readonly mayServe: readonly string[];
  /** What a further update goes to. */
  readonly further: string;
}

export const DEMO = 'local://demo';
export const NEXT = 'local://demo-next';
export const CHECKPOINT = 'local://checkpoint';

export const scenarios: readonly Scenario[] = [
  {
    what: 'the first update, the store is cold',
    from: 'empty',
    trigger: (client) => client.update(NEXT),
    mayServe: [DEMO, NEXT],
    further: CHECKPOINT,
  },
  {
    what: 'an update to a checkpoint, which is compiled',
    from: 'updated',
    trigger: (client) => client.update(CHECKPOINT),
    mayServe: [NEXT, CHECKPOINT],
    further: DEMO,
  },
  {
    what: 'a rollback',
    from: 'updated',
    trigger: (client) => client.post('/rollback', {}),
    mayServe: [NEXT, DEMO],
    further: CHECKPOINT,
  },
  { what: 'a start', from: 'updated', trigger: undefined, mayServe: [NEXT, DEMO], further: CHECKPOINT },
];
