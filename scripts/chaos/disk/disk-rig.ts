import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '../../../test/support/client.ts';
import { embeddedModels } from '../../../test/support/directories.ts';
import type { Wrapper } from '../../../test/support/server-child.ts';
import { writeModelDirectory } from '../../../test/support/test-models.ts';
import { USUAL_WORK, workingGraph } from '../candidates/working-graph.ts';
import type { Chaos } from '../experiment.ts';
import { KnownAnswers, type LoadRequest, learnModel } from '../load/known-answers.ts';
import { drawRequests } from '../load/requests.ts';
import { SteadyLoad } from '../load/steady-load.ts';
import { ChaosServer } from '../server/chaos-server.ts';

export const DEMO = 'local://demo';
export const NEXT = 'local://demo-next';
export const THIRD = 'local://third';
/** Has never served when an experiment begins. */
export const FOURTH = 'local://fourth';

const REQUESTS = 16;
const MOST_DOCUMENTS = 6;
const PAUSE_MS = 5;
const CONNECTIONS = 3;

/** Three models and their known answers: what all experiments with the disk share. */
export class DiskRig {
  readonly chaos: Chaos;
  readonly answers = new KnownAnswers();
  readonly #requests: readonly LoadRequest[];

  private constructor(chaos: Chaos) {
    this.chaos = chaos;
    this.#requests = drawRequests(REQUESTS, MOST_DOCUMENTS, chaos.random('requests'));
  }

  static async build(chaos: Chaos): Promise<DiskRig> {
    const rig = new DiskRig(chaos);
    for (const name of ['demo', 'demo-next']) {
      await cp(join(embeddedModels, name), join(chaos.directory, 'models', name), { recursive: true });
    }
    await writeModelDirectory(join(chaos.directory, 'models/third'), workingGraph());
    const halved = workingGraph(USUAL_WORK, ({ ops, score }) => ops.multiply(score, 0.5));
    await writeModelDirectory(join(chaos.directory, 'models/fourth'), halved);
    await rig.#learn('learning', [FOURTH]);
    await rig.#learn('good', [DEMO, THIRD, NEXT]);
    return rig;
  }

  /** A copy of a state directory in which NEXT serves, THIRD came before it, and DEMO before that one. */
  async goodState(name: string): Promise<string> {
    const directory = join(this.chaos.directory, name);
    await cp(join(this.chaos.directory, 'good'), directory, { recursive: true });
    return directory;
  }

  launch(stateDirectory: string, wrapper?: Wrapper): ChaosServer {
    return ChaosServer.launch({
      stateDirectory,
      wrapper,
      settings: {
        RERANK_MODELS_DIR: join(this.chaos.directory, 'models'),
        RERANK_MODEL: DEMO,
        RERANK_ENGINES: '1',
      },
      signal: this.chaos.signal,
    });
  }

  startLoad(client: Client): SteadyLoad {
    return new SteadyLoad({
      url: client.url,
      requests: this.#requests,
      answers: this.answers,
      connections: CONNECTIONS,
      pauseMs: PAUSE_MS,
    });
  }

  async #learn(name: string, models: readonly string[]): Promise<void> {
    await using server = this.launch(join(this.chaos.directory, name));
    const client = await server.ready();
    for (const model of models) {
      await client.update(model);
      this.answers.add(await learnModel(client, this.#requests));
    }
    await server.stop();
  }

  /** Asks everything once. @returns what is wrong with the answers. */
  async faultsOf(client: Client): Promise<string[]> {
    const faults: string[] = [];
    for (const [index, { query, documents }] of this.#requests.entries()) {
      const { headers, body } = await client.rerank(query, documents, { raw_scores: true });
      const fault = this.answers.findFault(index, body.id, headers, body);
      if (fault !== undefined) faults.push(fault);
    }
    return faults;
  }
}
