import { ServiceError } from '../errors.ts';
import type { ModelIdentity } from '../model/start-generation.ts';

export interface ModelNamesOptions {
  /** Names that mean whatever model serves. */
  readonly aliases: readonly string[];
  /** Refuses names that nobody knows; otherwise they mean the model that serves too. */
  readonly strict: boolean;
}

type Named = Pick<ModelIdentity, 'reference'>;

/** What clients may call the model that serves. Most send a name of another vendor's, or none. */
export class ModelNames {
  readonly #options: ModelNamesOptions;

  constructor(options: ModelNamesOptions) {
    this.#options = options;
  }

  /** @throws ServiceError model_not_found in strict mode, for a name that doesn't mean this model. */
  require(asked: string | undefined, model: Named): void {
    const { strict, aliases } = this.#options;
    if (!strict || asked === undefined || asked === '') return;
    if (aliases.includes(asked) || spellingsOf(model.reference).includes(asked)) return;
    throw new ServiceError('model_not_found', `there is no model "${asked.slice(0, 200)}" here`, {
      detail: `${model.reference} serves. RERANK_MODEL_ALIASES lists other names for it; without RERANK_STRICT_MODEL any name is taken.`,
    });
  }

  /** All names of it, the one that answers carry first. */
  of({ reference }: Named): readonly string[] {
    return [...new Set([reference, ...this.#options.aliases])];
  }
}

/** `hf://org/name@revision` is also `org/name@revision` and `org/name`; `local://demo` is also `demo`. */
function spellingsOf(reference: string): string[] {
  const bare = reference.replace(/^(?:local|hf):\/\//, '');
  return [reference, bare, bare.replace(/@.*$/, '')];
}
