import type { Generation } from '../../src/model/generation.ts';
import type { Change } from '../../src/serving/operation/change-request.ts';
import type { SwapMode } from '../../src/serving/operation/operation-report.ts';
import { ModelSlot } from '../../src/serving/slot/model-slot.ts';
import { changeModel } from '../../src/serving/update/change-model.ts';
import type { ChangeParts } from '../../src/serving/update/change-parts.ts';
import type { UpdateOutcome } from '../../src/serving/update/operations.ts';
import { type FakeGeneration, fakeGeneration } from './fake-generation.ts';
import { LogBook } from './log-book.ts';
import { ManualClock } from './manual-clock.ts';
import { someOperation } from './operations.ts';
import { someMetrics } from './some-metrics.ts';

type Model = Generation & FakeGeneration;
type Methods = Readonly<Record<string, (...args: never[]) => unknown>>;

/** What a test may have the parts answer. */
interface Answers {
  /** Of the model that is asked for. */
  digest: string;
  mode: SwapMode;
  /** The model before, where it is still loaded and the one that is asked for. */
  standby: Model | undefined;
  probation: object | undefined;
  /** The step at which the record could not be written. */
  unkept: 'record.begin' | 'record.swapped' | undefined;
  /** Why the new model may not fit. */
  doubt: string | undefined;
  /** What the old model answered before it had to end. */
  recorded: object | undefined;
}

const CHANGE = { kind: 'update', dryRun: false, force: false, target: { reference: 'local://next' } };

/** A change of the model from `old` to `next` of which every part is faked, and notes when its turn was. */
export class NotedChange {
  readonly steps: string[] = [];
  readonly operation = someOperation();
  readonly metrics = someMetrics();
  readonly clock = new ManualClock();
  readonly slot = new ModelSlot<Generation>(this.clock);
  readonly old = this.#model('old');
  readonly next = this.#model('next');
  readonly answers: Answers = {
    digest: this.next.identity.digest,
    mode: 'beside',
    standby: undefined,
    probation: undefined,
    unkept: undefined,
    doubt: undefined,
    recorded: undefined,
  };
  readonly #events = new Map<string, () => void>();
  readonly #arguments = new Map<string, readonly unknown[]>();

  /** Carries it out. */
  async run(change: Partial<Change> = {}): Promise<Omit<UpdateOutcome, 'operation'>> {
    await this.slot.swap(this.old);
    return await changeModel(this.#parts(), this.operation, { ...CHANGE, ...change } as Change);
  }

  /** What happens when a step is taken for the first time, instead of it if that throws. */
  at(step: string, event: () => void): void {
    this.#events.set(step, event);
  }

  /** What a step was last called with. */
  told(step: string): readonly unknown[] | undefined {
    return this.#arguments.get(step);
  }

  #parts(): ChangeParts {
    const { answers, slot } = this;
    const unkept = (step: Answers['unkept']) => (answers.unkept === step ? 'the disk is full' : undefined);
    const named = { reference: 'local://next', digest: answers.digest, directory: '/nowhere' };
    const { reference: model, digest } = this.old.identity;
    const parts = {
      slot: Object.assign(slot, {
        ...this.#noted('slot', { swap: slot.swap.bind(slot), replace: slot.replace.bind(slot) }),
      }),
      preparation: this.#noted('preparation', {
        stage: async (_target: unknown, work: { enter: (phase: string) => void }) => {
          work.enter('fetch');
          return named;
        },
        compile: async () => named,
        keepAhead: async () => {},
        prestart: async () => ({ ...named, prestart: { close: async () => this.#note('prestart.close') } }),
        load: async (_model: unknown, _work: unknown, { together }: { together?: boolean } = {}) =>
          together === true ? this.#model('old again') : this.next,
      }),
      gates: this.#noted('gates', {
        requireUsableGolden: async () => {},
        limits: () => ({}),
        record: async () => answers.recorded,
        check: async () => {},
        checkRest: async () => {},
      }),
      shadow: this.#noted('shadow', { run: async () => {} }),
      modes: this.#noted('modes', {
        isTight: async () => false,
        requireCardForWeights: async () => {},
        choose: async () => ({ chosen: answers.mode, why: 'it was asked for' }),
        doubtAlone: async () => answers.doubt,
        roomBeside: async () => ({}),
        expectedWindowMs: () => 1,
        learnWindow: () => {},
      }),
      record: {
        state: { model, digest, previous: null, history: [], bootAttempts: 0 },
        atRestart: model,
        ...this.#noted('record', {
          assertNotQuarantined: () => {},
          begin: async () => unkept('record.begin'),
          abandon: async () => {},
          remember: () => {},
          swapped: async () => unkept('record.swapped'),
          forgetUnreferenced: async () => {},
        }),
      },
      standby: this.#noted('standby', {
        matching: () => answers.standby,
        dismiss: async () => {},
        takeBack: () => ({ idle: Promise.resolve() }),
        keep: () => {},
      }),
      probation: this.#noted('probation', {
        end: () => {},
        terms: () => answers.probation,
        begin: () => {},
      }),
      retirement: this.#noted('retirement', {
        retire: async () => {},
        drain: async () => true,
        drainInWindow: async () => {},
      }),
      windowTimeoutMs: 60_000,
      clock: this.clock,
      logger: new LogBook().logger,
      metrics: this.metrics,
    };
    return parts as unknown as ChangeParts;
  }

  #noted(part: string, methods: Methods): Methods {
    const noted = Object.entries(methods).map(([name, method]) => [
      name,
      (...args: never[]) => {
        this.#note(`${part}.${name}`, args);
        return method(...args);
      },
    ]);
    return Object.fromEntries(noted) as Methods;
  }

  #note(step: string, args: readonly unknown[] = []): void {
    this.steps.push(step);
    this.#arguments.set(step, args);
    const event = this.#events.get(step);
    this.#events.delete(step);
    event?.();
  }

  #model(name: string): Model {
    const model = fakeGeneration(name);
    return Object.assign(model, {
      close: async () => {
        this.#note(`${name}.close`);
        model.isClosed = true;
      },
    });
  }
}
