import {
  type Contender,
  type LibraryContender,
  type ServerContender,
  scoresOf,
} from '../contenders/contender.ts';
import type { Figures } from '../figures.ts';
import { takeCpuSnapshot } from '../process/cpu-snapshot.ts';
import { takeLoopLagP99 } from '../process/loop-lag.ts';
import { MemoryWatch } from '../process/memory-watch.ts';
import type { RequestFile, SizedRequest } from '../workload/request-file.ts';
import type { LengthKind } from '../workload/workload.ts';
import { measureClosedLoop } from './measure-closed-loop.ts';
import type { Outcome, Scenario, ScenarioContext } from './scenario.ts';
import { workFigures } from './work-figures.ts';

const DOCUMENTS = 32;

const CONNECTIONS = 32;

const LIBRARY_WARM_UP_SECONDS = 2;

/** The same full load for everybody. */
export function comparison(name: LengthKind, about: string): Scenario {
  return {
    name,
    about: `${about}, ${DOCUMENTS} documents a request, ${CONNECTIONS} connections`,
    for: 'everybody',
    async run(contender, context) {
      const file = await context.workload.requests(name, DOCUMENTS);
      return [await runOne(contender, file, context)];
    },
  };
}

async function runOne(contender: Contender, file: RequestFile, context: ScenarioContext): Promise<Outcome> {
  return contender.kind === 'server'
    ? await runServer(contender, file, context)
    : await runLibrary(contender, file, context);
}

async function runServer(
  contender: ServerContender,
  file: RequestFile,
  { signal, seconds }: ScenarioContext,
): Promise<Outcome> {
  await using server = await contender.start(signal);
  const scores = await scoresOf(server, file.requests[0] as SizedRequest, signal);
  const isRerankd = contender.name.startsWith('rerankd');
  if (isRerankd) await takeLoopLagP99(server.url);
  const load = { file, seconds, connections: CONNECTIONS };
  const { figures, report } = await measureClosedLoop(server, load, signal);
  const own = isRerankd
    ? { ...figures, loopLagP99Ms: await takeLoopLagP99(server.url) }
    : withoutMainShare(figures);
  return {
    variant: '',
    figures: own,
    scores,
    ...(report.example !== undefined && { fault: report.example }),
  };
}

async function runLibrary(
  contender: LibraryContender,
  file: RequestFile,
  { signal, seconds }: ScenarioContext,
): Promise<Outcome> {
  await using library = await contender.start(file, signal);
  const scores = await library.scores();
  await library.round(Math.min(LIBRARY_WARM_UP_SECONDS, seconds));
  using memory = new MemoryWatch(library.pid);
  const before = await takeCpuSnapshot(library.pid);
  const round = await library.round(seconds);
  const after = await takeCpuSnapshot(library.pid);
  const figures = workFigures({
    ...round,
    before,
    after,
    peakMemoryBytes: await memory.peakBytes(),
  });
  return { variant: '', figures: { ...withoutMainShare(figures), failed: 0 }, scores };
}

/** A contender of one process has nothing to share out. */
function withoutMainShare(figures: Figures): Figures {
  return { ...figures, mainShareOfCpu: Number.NaN };
}
