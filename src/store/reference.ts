import { glob, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ServiceError } from '../errors.ts';
import { looksServable } from './looks-servable.ts';

/** A reference that was found on this machine. */
export interface ResolvedModel {
  /** The reference in its canonical spelling: two spellings of one target compare equal. */
  readonly reference: string;
  /** Real path of the model directory, inside one of the roots. */
  readonly directory: string;
}

const MAX_LISTED = 1000;
const MAX_LOOKED_AT = 4 * MAX_LISTED;

interface Candidate {
  /** The root that it lies in, or nothing. */
  readonly root: string;
  readonly path: string;
  readonly spelling: string;
}

/** Turns what an operator writes into a model directory. Nothing outside the roots is ever looked at. */
export class ModelRoots {
  /** Absolute paths of the allow-listed directories. */
  readonly #roots: readonly string[];

  constructor(roots: readonly string[]) {
    this.#roots = roots.map((root) => resolve(root));
  }

  /**
   * Understands `local://name`, an absolute path inside a root, a path relative to the working directory that starts
   * with a dot, and a bare name below a root.
   * @throws ServiceError invalid_request for an unknown form, forbidden_reference for a path that leaves the roots,
   * model_not_found, or invalid_model for a file.
   */
  async resolve(reference: string): Promise<ResolvedModel> {
    const candidates = this.#candidates(reference.trim());
    for (const { root, path } of candidates) {
      if (!isInside(root, path)) throw this.#forbidden(reference);
    }
    for (const { path, spelling } of candidates) {
      const real = await realpathIfAny(path);
      if (real === undefined) continue;
      await this.assertInside(real, reference);
      if (!(await stat(real)).isDirectory()) throw notADirectory(reference);
      return { reference: spelling, directory: real };
    }
    throw new ServiceError('model_not_found', `there is no model "${reference}"`, {
      detail: `Looked for ${candidates.map(({ path }) => path).join(' and ')}. GET /models lists what is there.`,
    });
  }

  /**
   * The one spelling by which two ways of naming a target are known to be the same, without looking at the disk.
   * @throws ServiceError invalid_request for an unknown form.
   */
  canonical(reference: string): string {
    const [first] = this.#candidates(reference.trim());
    return first !== undefined && isInside(first.root, first.path) ? first.spelling : reference;
  }

  /** @throws ServiceError forbidden_reference when a real path, links resolved, lies outside every root. */
  async assertInside(real: string, reference: string): Promise<void> {
    for (const root of this.#roots) {
      const realRoot = await realpathIfAny(root);
      if (realRoot !== undefined && isInside(realRoot, real)) return;
    }
    throw this.#forbidden(reference);
  }

  /** References of the directories in the roots that look like models, at most two levels deep (`org/name`). */
  async list(): Promise<string[]> {
    const found: string[] = [];
    let looked = 0;
    for (const root of this.#roots) {
      for await (const marker of glob(['*/config.json', '*/*/config.json'], { cwd: root })) {
        const directory = join(root, dirname(marker));
        if (++looked > MAX_LOOKED_AT) return found.toSorted();
        if (!(await looksServable(directory))) continue;
        found.push(this.#candidateAt(directory).spelling);
        if (found.length >= MAX_LISTED) return found.toSorted();
      }
    }
    return found.toSorted();
  }

  #candidates(reference: string): Candidate[] {
    if (reference === '' || reference.includes('\0')) throw malformed(reference);
    const scheme = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(reference);
    if (scheme && scheme[1] !== 'local') throw malformed(reference);
    const name = scheme?.[2] ?? reference;
    if (scheme === null && (isAbsolute(name) || /^\.\.?(\/|$)/.test(name)))
      return [this.#candidateAt(resolve(name))];
    if (name === '' || isAbsolute(name)) throw malformed(reference);
    return this.#roots.map((root) => {
      const path = join(root, name);
      return { root, path, spelling: `local://${relative(root, path)}` };
    });
  }

  #candidateAt(path: string): Candidate {
    const root = this.#roots.find((candidate) => isInside(candidate, path)) ?? '';
    // Only in the first root is a name sure to mean this very path.
    return { root, path, spelling: root === this.#roots[0] ? `local://${relative(root, path)}` : path };
  }

  #forbidden(reference: string): ServiceError {
    return new ServiceError('forbidden_reference', `"${reference}" leads outside the model directories`, {
      detail: `Models may be loaded from ${this.#roots.join(', ')} (RERANK_MODELS_DIR).`,
    });
  }
}

/** True for what lies below `root`, not for the root itself: the root is a folder of models, not one. */
function isInside(root: string, path: string): boolean {
  return root !== '' && path.startsWith(root.endsWith(sep) ? root : root + sep);
}

async function realpathIfAny(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    throw new ServiceError('source_failed', `can't look up ${path}: ${String(error)}`, { cause: error });
  }
}

function notADirectory(reference: string): ServiceError {
  return new ServiceError('invalid_model', `"${reference}" is a file, not a model directory`, {
    detail: 'Name the directory that holds config.json, tokenizer.json and the ONNX file.',
  });
}

function malformed(reference: string): ServiceError {
  return new ServiceError(
    'invalid_request',
    `"${reference}" is not a model reference that this server understands`,
    {
      detail: 'Use local://name for a directory below RERANK_MODELS_DIR, or an absolute path inside it.',
    },
  );
}
