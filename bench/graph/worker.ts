/** A process that runs one graph over and over for as long as it is told to. Started by contender.ts, never imported. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { WorkerReply, WorkerRequest, WorkerSetup } from './worker-protocol.ts';

const setup = JSON.parse(process.argv[2] ?? '{}') as WorkerSetup;
const { batch, tokens, vocabulary } = setup;
const session = await InferenceSession.create(setup.model, {
  intraOpNumThreads: setup.threads,
  interOpNumThreads: 1,
  graphOptimizationLevel: setup.optimization,
  logSeverityLevel: 3,
  // One thread has nobody to wait for; several are quicker when they spin, which is ONNX Runtime's default.
  extra: { session: { intra_op: { allow_spinning: setup.threads > 1 ? '1' : '0' } } },
});
const ids = BigInt64Array.from({ length: batch * tokens }, (_, index) =>
  BigInt(5 + ((index * 7919) % (vocabulary - 10))),
);
const feeds = {
  input_ids: new Tensor('int64', ids, [batch, tokens]),
  attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), [batch, tokens]),
};
const { logits } = await runOnce();
reply({ logits });

process.on('message', (request: WorkerRequest) => {
  void work(request.seconds);
});

async function work(seconds: number): Promise<void> {
  const begun = performance.now();
  let documents = 0;
  while (performance.now() - begun < seconds * 1000) {
    await runOnce();
    documents += batch;
  }
  reply({ documentsPerSecond: documents / ((performance.now() - begun) / 1000) });
}

async function runOnce(): Promise<{ logits: number[] }> {
  const [output] = Object.values(await session.run(feeds));
  return { logits: Array.from(output?.data as Float32Array) };
}

function reply(message: WorkerReply): void {
  process.send?.(message);
}
