import type { Runtime } from '../../engine/choose-device.ts';
import { type LoadKnown } from '../../engine/engine-refusal.ts';
import type { GraphDtype } from '../../graph/plan-model.ts';
import type { CompileSettings } from '../../model/compile/compile-settings.ts';
import { findServableGraph } from '../../model/find-servable-graph.ts';
import { Generation } from '../../model/generation.ts';
import type { GenerationSettings } from '../../model/generation-settings.ts';
import type { LoadableModel, NamedModel } from '../../model/loadable-model.ts';
import { type Dtype } from '../../model/model-directory.ts';
import { servingPlanFor } from '../../model/plan/serving-plan-for.ts';
import { Prestart, type PrestartRoom } from '../../model/prestart.ts';
import type { ModelSources } from '../../store/model-sources.ts';
import type { PlanStore } from '../../store/plan-store.ts';
import type { StagingArea } from '../../store/staging.ts';
import type { Progressing } from '../operation/phase.ts';
import type { Target } from '../operation/target.ts';
import { candidateFailure } from './candidate-failure.ts';
import { stageModel } from './stage-model.ts';

const PERCENT = 100;

/** A staged model, and the form that was asked for. */
export interface PreparedModel extends LoadableModel {
  readonly wantedDtype: Dtype | undefined;
}

/** A model of which all is ready but the engines' weights. */
export interface PrestartedModel extends PreparedModel {
  readonly generation: number;
  readonly prestart: Prestart;
}

export interface PreparationSettings {
  readonly sources: ModelSources;
  readonly staging: StagingArea;
  /** Told of every model whose copy is wanted; what it throws refuses the model. */
  readonly onStaged?: (model: NamedModel) => Promise<void>;
  /** Asked before every load: the answer may change once, when a card is given up for the CPU. */
  readonly chooseDevice: () => Promise<Runtime>;
  readonly compile: CompileSettings;
  readonly plans: PlanStore;
  readonly generation: Omit<GenerationSettings, 'device'>;
}

/** Makes a model ready to serve, beside whatever serves now: from a reference to a warm generation. */
export class Preparation {
  readonly #settings: PreparationSettings;
  #generations = 0;

  constructor(settings: PreparationSettings) {
    this.#settings = settings;
  }

  /** @see ModelSources.canonical */
  canonical(reference: string): string {
    return this.#settings.sources.canonical(reference);
  }

  /**
   * Finds the content behind a target and takes a private copy of it.
   * @throws ServiceError model_not_found, forbidden_reference, invalid_model, source_failed or insufficient_storage.
   */
  async stage(target: Target, work: Progressing): Promise<NamedModel> {
    const { sources, staging, generation, onStaged } = this.#settings;
    const tools = { sources, staging, dtype: target.dtype ?? generation.dtype, logger: generation.logger };
    const model = await stageModel(target, tools, work);
    await onStaged?.(model);
    return model;
  }

  /** Has a model spared that nothing refers to yet, until it has served once. */
  async keepAhead(model: NamedModel): Promise<void> {
    await this.#settings.staging.keepAhead(model);
  }

  /**
   * Finds or compiles the graph that engines load, and finds or measures how many of them are best.
   * @param isTight there is no room to try the model beside the one that serves: what was not measured before is assumed.
   * @throws ServiceError invalid_model.
   */
  async compile(
    model: NamedModel,
    work: Progressing,
    wantedDtype?: Dtype,
    isTight = false,
  ): Promise<PreparedModel> {
    work.enter('compile');
    const runtime = await this.#settings.chooseDevice();
    const { plans: store } = this.#settings;
    const onProgress = (dtype: GraphDtype, share: number): void => {
      this.#settings.compile.onProgress?.(dtype, share);
      work.advance(Math.round(share * PERCENT), PERCENT, 'steps');
    };
    const compile = { ...this.#settings.compile, onProgress };
    const settings = await this.#generationSettings();
    const generation = { ...settings, dtype: wantedDtype ?? settings.dtype };
    try {
      const graph = await findServableGraph(model, { runtime, compile, generation, isTight }, work.signal);
      const tools = { store, runtime, isa: compile.processor.isa, isTight };
      const plan = await servingPlanFor(model, graph, generation, tools, work.signal);
      return { ...model, graph, plan, wantedDtype };
    } catch (error) {
      throw candidateFailure(error, work.signal);
    }
  }

  /**
   * Makes everything ready that a load needs, except the memory for the weights.
   * @param room what may be made ready beside the model that serves.
   */
  async prestart(model: PreparedModel, room: PrestartRoom, work: Progressing): Promise<PrestartedModel> {
    work.enter('stage');
    const numbered = { ...model, generation: ++this.#generations };
    const settings = await this.#generationSettings();
    try {
      const prestart = await Prestart.prepare(numbered, settings, room, work.signal);
      return { ...numbered, prestart };
    } catch (error) {
      throw candidateFailure(error, work.signal);
    }
  }

  /**
   * Loads and warms a model.
   * @param together takes all processors for it: nothing else serves.
   * @param beside another model serves meanwhile.
   * @throws ServiceError invalid_model. Nothing is left running then.
   */
  async load(
    model: PreparedModel | PrestartedModel,
    work: Progressing,
    { together = false, beside = false }: { readonly together?: boolean; readonly beside?: boolean } = {},
  ): Promise<Generation> {
    work.enter('load');
    const settings = await this.#generationSettings();
    const isPrestarted = 'prestart' in model;
    const generation = isPrestarted ? model.generation : ++this.#generations;
    const numbered = { ...model, generation, together: together || isPrestarted };
    const prestart = isPrestarted ? model.prestart : undefined;
    const known: LoadKnown = {
      device: settings.device,
      dtype: model.graph.dtype,
      engines: model.plan.engines,
      mode: isPrestarted ? 'hold' : beside ? 'beside' : undefined,
    };
    const loaded = await Generation.load(numbered, settings, work.signal, prestart).catch((error) => {
      throw candidateFailure(error, work.signal, known);
    });
    try {
      work.enter('warm');
      await loaded.warm(work.signal, isPrestarted, (done, total) => work.advance(done, total, 'steps'));
      // The warm-up has run the largest batch: from now on it holds no more.
      const measurement = loaded.gpu?.measure();
      // Requests wait for a prestarted one: they need not wait for the driver as well. It never rejects.
      if (!isPrestarted) await measurement;
      return loaded;
    } catch (error) {
      await loaded.close();
      throw candidateFailure(error, work.signal, known);
    }
  }

  async #generationSettings(): Promise<GenerationSettings> {
    const { device } = await this.#settings.chooseDevice();
    const { gpu, ...generation } = this.#settings.generation;
    return { ...generation, device, ...(device !== 'cpu' && { gpu }) };
  }
}
