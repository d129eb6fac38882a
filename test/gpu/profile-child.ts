/**
 * Loads a model just as an engine process does, runs one batch, and prints where ONNX Runtime ran each node. A process of its own,
 * because the dynamic linker reads LD_LIBRARY_PATH at its start only. Started by profiled-run.ts.
 */
import { appendFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { LoadedModel } from '../../src/engine/child/session.ts';
import type { ProfiledReply, ProfiledRequest } from './profiled-run.ts';

interface ProfileEvent {
  readonly cat?: string;
  readonly args?: { readonly op_name?: string; readonly provider?: string; readonly node_index?: string };
}

/** Line between what a load and what a run calls, in the log of a stub card. */
const RUN_MARK = '=== run\n';

const { load, batches, profilePrefix, isStrict } = JSON.parse(
  await readFile(process.argv[2] as string, 'utf8'),
) as ProfiledRequest;
const sessions: InferenceSession[] = [];
const create = InferenceSession.create.bind(InferenceSession) as (
  file: string,
  options: InferenceSession.SessionOptions,
) => Promise<InferenceSession>;
const profiled = async (
  file: string,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> => {
  const { extra = {}, ...others } = options;
  const { session = {} } = extra as { session?: object };
  const strict = isStrict ? { disable_cpu_ep_fallback: '1' } : {};
  const made = await create(file, {
    ...others,
    extra: { ...extra, session: { ...session, ...strict } },
    enableProfiling: true,
    profileFilePrefix: profilePrefix,
  });
  sessions.push(made);
  return made;
};
Object.assign(InferenceSession, { create: profiled });

const model = await LoadedModel.load(load);
const { CUDA_STUB_LOG: log } = process.env;
const logits: number[][] = [];
for (const { lengths, ids, typeIds } of batches) {
  if (log !== undefined) appendFileSync(log, RUN_MARK);
  const found = await model.run({
    lengths: Uint32Array.from(lengths),
    ids: Int32Array.from(ids),
    typeIds: Uint8Array.from(typeIds),
  });
  logits.push(Array.from(found));
}
const inputs = model.inputs.map(({ name, type }) => ({ name, type }));
for (const session of sessions) session.endProfiling();
const folder = dirname(profilePrefix);
const files = (await readdir(folder)).filter((name) => name.startsWith(basename(profilePrefix)));
const events = (
  await Promise.all(
    files.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as ProfileEvent[]),
  )
).flat();
const nodes = events.flatMap(({ cat, args }) =>
  cat === 'Node' && args?.provider !== undefined && args.provider !== ''
    ? { operator: args.op_name ?? '', provider: args.provider }
    : [],
);
console.log(JSON.stringify({ nodes, logits, inputs } satisfies ProfiledReply));
