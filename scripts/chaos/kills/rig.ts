import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embeddedModels } from '../../../test/support/directories.ts';
import { spoilt } from '../candidates/checkpoint-file.ts';
import type { Chaos } from '../experiment.ts';
import { KnownAnswers, type LoadRequest, learnModel } from '../load/known-answers.ts';
import { drawRequests } from '../load/requests.ts';
import { ChaosServer } from '../server/chaos-server.ts';
import { CHECKPOINT, DEMO, NEXT, type Scenario } from './scenarios.ts';

const preload = fileURLToPath(new URL('./kill-at-write.ts', import.meta.url));

const REQUESTS = 6;
const MOST_DOCUMENTS = 4;

/** Models, their known answers and a state directory to begin with: what all kills of a run share. */
export class Rig {
  readonly requests: readonly LoadRequest[];
  readonly answers = new KnownAnswers();
  readonly #chaos: Chaos;
  #runs = 0;

  private constructor(chaos: Chaos) {
    this.#chaos = chaos;
    this.requests = drawRequests(REQUESTS, MOST_DOCUMENTS, chaos.random('requests'));
  }

  /** Writes the models and asks each of them for its answers, while nothing is killed. */
  static async build(chaos: Chaos): Promise<Rig> {
    const rig = new Rig(chaos);
    for (const name of ['demo', 'demo-next']) {
      await cp(join(embeddedModels, name), join(chaos.directory, 'models', name), { recursive: true });
    }
    await spoilt('xlm-roberta', async () => {})(join(chaos.directory, 'models/checkpoint'));
    await rig.#learn();
    await rig.#writeUpdated();
    return rig;
  }

  /** A state directory of its own for one run. */
  async stateFor({ from }: Scenario): Promise<string> {
    const directory = join(this.#chaos.directory, `state-${++this.#runs}`);
    if (from === 'empty') await mkdir(directory);
    else await cp(this.#updated, directory, { recursive: true, preserveTimestamps: true });
    return directory;
  }

  /** A server that counts what it writes once `begin` was called, and dies there. @param kill `before:N`, `after:N`, or nothing */
  launchMortal(stateDirectory: string, kill: string): { server: ChaosServer; begin: () => Promise<void> } {
    const start = `${stateDirectory}.begin`;
    const server = this.#launch(stateDirectory, {
      nodeFlags: ['--import', preload],
      settings: { CHAOS_START: start, CHAOS_KILL: kill },
    });
    return { server, begin: () => writeFile(start, '') };
  }

  launch(stateDirectory: string): ChaosServer {
    return this.#launch(stateDirectory, {});
  }

  get #updated(): string {
    return join(this.#chaos.directory, 'updated');
  }

  #launch(
    stateDirectory: string,
    plan: { readonly nodeFlags?: readonly string[]; readonly settings?: Readonly<Record<string, string>> },
  ): ChaosServer {
    return ChaosServer.launch({
      stateDirectory,
      ...plan,
      settings: {
        RERANK_MODELS_DIR: join(this.#chaos.directory, 'models'),
        RERANK_MODEL: DEMO,
        RERANK_ENGINES: '1',
        ...plan.settings,
      },
      signal: this.#chaos.signal,
    });
  }

  async #learn(): Promise<void> {
    await using server = this.launch(join(this.#chaos.directory, 'learning'));
    const client = await server.ready();
    for (const model of [CHECKPOINT, NEXT, DEMO]) {
      await client.update(model);
      this.answers.add(await learnModel(client, this.requests));
    }
    this.answers.requireDistinct();
  }

  /** As after a first update: `demo-next` serves, `demo` came before it. */
  async #writeUpdated(): Promise<void> {
    await using server = this.launch(this.#updated);
    const client = await server.ready();
    await client.update(NEXT);
    await server.stop();
  }
}
