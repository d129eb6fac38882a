import type { Runtime } from '../engine/choose-device.ts';
import { ServiceError } from '../errors.ts';
import type { CompileSettings } from '../model/compile/compile-settings.ts';
import { Generation, type GenerationSettings } from '../model/generation.ts';
import type { LoadableModel, NamedModel } from '../model/loadable-model.ts';
import { inspectModelDirectory } from '../model/model-directory.ts';
import { servingPlanFor } from '../model/plan/serving-plan-for.ts';
import { servableGraph } from '../model/servable-graph.ts';
import { CallFailed, ChildLost } from '../platform/process/child-link.ts';
import type { PlanStore } from '../store/plan-store.ts';
import type { ModelRoots } from '../store/reference.ts';
import type { StagingArea } from '../store/staging.ts';
import { checkSanity } from './sanity-check.ts';

/** What an update goes through, in order. */
export type Phase =
  | 'resolve'
  | 'verify'
  | 'compile'
  | 'load'
  | 'warm'
  | 'check'
  | 'swap'
  | 'persist'
  | 'drain'
  | 'release';

/** Copying more than this takes long enough to be mentioned. */
const LARGE_MODEL_BYTES = 256 * 2 ** 20;

/** What to serve: a reference, and the exact content behind it where that is known. */
export interface Target {
  readonly reference: string;
  readonly digest?: string;
}

export interface PreparationSettings {
  readonly roots: ModelRoots;
  readonly staging: StagingArea;
  /** Asked once, before the first load. */
  readonly chooseDevice: () => Promise<Runtime>;
  readonly compile: CompileSettings;
  readonly plans: PlanStore;
  readonly generation: Omit<GenerationSettings, 'device'>;
}

/** Makes a model ready to serve, beside whatever serves now: from a reference to a warm, checked generation. */
export class Preparation {
  readonly #settings: PreparationSettings;
  #generations = 0;
  #runtime: Promise<Runtime> | undefined;

  constructor(settings: PreparationSettings) {
    this.#settings = settings;
  }

  /** @see ModelRoots.canonical */
  canonical(reference: string): string {
    return this.#settings.roots.canonical(reference);
  }

  /**
   * Finds the content behind a target and takes a private copy of it.
   * @throws ServiceError model_not_found, forbidden_reference, invalid_model, source_failed or insufficient_storage.
   */
  async stage(target: Target, enter: (phase: Phase) => void, signal: AbortSignal): Promise<NamedModel> {
    const { roots, staging, generation } = this.#settings;
    enter('resolve');
    const kept = target.digest === undefined ? undefined : await staging.find(target.digest);
    if (kept !== undefined) return { ...kept, reference: target.reference };
    const { reference, directory } = await roots.resolve(target.reference);
    enter('verify');
    const found = await inspectModelDirectory(directory, generation.dtype, (path) =>
      roots.assertInside(path, reference),
    );
    if (found.bytes > LARGE_MODEL_BYTES) {
      generation.logger.info(`copying and hashing ${Math.round(found.bytes / 2 ** 20)} MiB of ${reference}`);
    }
    const staged = await staging.stage(found.files, signal);
    if (target.digest !== undefined && staged.digest !== target.digest) {
      generation.logger.warn(
        { reference, was: target.digest, is: staged.digest },
        `${reference} has changed on disk`,
      );
    }
    return { ...staged, reference };
  }

  /**
   * Finds or compiles the graph that engines load, and finds or measures how many of them are best.
   * @throws ServiceError invalid_model.
   */
  async compile(
    model: NamedModel,
    enter: (phase: Phase) => void,
    signal: AbortSignal,
  ): Promise<LoadableModel> {
    enter('compile');
    const runtime = await this.#chooseRuntime();
    const { compile, plans: store } = this.#settings;
    const generation = { ...this.#settings.generation, device: runtime.device };
    try {
      const graph = await servableGraph(model, { runtime, compile, generation }, signal);
      const tools = { store, runtime, isa: compile.processor.isa };
      return { ...model, graph, plan: await servingPlanFor(model, graph, generation, tools, signal) };
    } catch (error) {
      throw explain(error, signal);
    }
  }

  /**
   * Loads, warms and checks a model.
   * @param together takes all processors for it: nothing else serves.
   * @throws ServiceError invalid_model or rejected_by_gate. Nothing is left running then.
   */
  async load(
    model: LoadableModel,
    enter: (phase: Phase) => void,
    signal: AbortSignal,
    together = false,
  ): Promise<Generation> {
    enter('load');
    const { device } = await this.#chooseRuntime();
    const settings = { ...this.#settings.generation, device };
    const numbered = { ...model, generation: ++this.#generations, together };
    const generation = await Generation.load(numbered, settings, signal).catch((error) => {
      throw explain(error, signal);
    });
    try {
      enter('warm');
      await generation.warm();
      enter('check');
      await checkSanity(generation, signal);
      return generation;
    } catch (error) {
      await generation.close();
      throw explain(error, signal);
    }
  }

  #chooseRuntime(): Promise<Runtime> {
    this.#runtime ??= this.#settings.chooseDevice();
    return this.#runtime;
  }
}

/** The model is new and the requests are our own: whatever fails here is the model's fault. */
function explain(error: unknown, signal: AbortSignal): unknown {
  // Processes that were ended because nobody wants the model any more say nothing about it.
  if (signal.aborted) return signal.reason;
  if (error instanceof CallFailed || (error instanceof ServiceError && error.type === 'internal')) {
    const reason = error instanceof ServiceError ? (error.detail ?? error.message) : error.message;
    return new ServiceError('invalid_model', `the model loads, but fails on a plain pair: ${reason}`, {
      detail:
        'It must be a sequence-classification model with num_labels = 1, and its tokenizer must be its own.',
      cause: error,
    });
  }
  if (!(error instanceof ChildLost)) return error;
  return new ServiceError('invalid_model', `a process ended while it tried this model: ${error.message}`, {
    detail:
      'A crash of ONNX Runtime or too little memory are the usual reasons; the log has the process output.',
    cause: error,
  });
}
