/** The engine process: one ONNX Runtime session that answers batches. Started by engine/engine.ts, never imported. */
import type { InferenceSession } from 'onnxruntime-node';
import { serveCalls } from '../../platform/process/serve-calls.ts';
import {
  decodeRagged,
  EngineCall,
  encodeRunReply,
  type LoadRequest,
  type PrepackRequest,
  type ProbeRequest,
  type RaggedTokens,
  type RunReply,
  type WakeRequest,
} from '../protocol.ts';
import { probeDevices, wakeDevice } from './probe.ts';
import { LoadedModel, savePrepacked } from './session.ts';

let model: LoadedModel | undefined;

/** Holds the device until the model does. */
let waker: InferenceSession | undefined;

serveCalls({
  [EngineCall.load]: async (payload) => {
    const start = performance.now();
    model = await LoadedModel.load(parseJson<LoadRequest>(payload));
    await waker?.release();
    waker = undefined;
    return toJson({ inputs: model.inputs, outputs: model.outputs, loadMs: performance.now() - start });
  },
  [EngineCall.run]: async (payload) => {
    if (model === undefined) throw new Error('no model is loaded');
    return encodeRunReply(await timed(model, decodeRagged(payload)));
  },
  [EngineCall.ready]: async (payload) => {
    if (payload.length > 0) waker = await wakeDevice(parseJson<WakeRequest>(payload));
    return Buffer.alloc(0);
  },
  [EngineCall.prepack]: async (payload) => {
    await savePrepacked(parseJson<PrepackRequest>(payload));
    return Buffer.alloc(0);
  },
  [EngineCall.probe]: async (payload) => toJson(await probeDevices(parseJson<ProbeRequest>(payload))),
});

async function timed(loaded: LoadedModel, tokens: RaggedTokens): Promise<RunReply> {
  const start = performance.now();
  const used = process.cpuUsage();
  const logits = await loaded.run(tokens);
  const runMs = performance.now() - start;
  const { user, system } = process.cpuUsage(used);
  return { runMs, computeMs: loaded.device === 'cpu' ? (user + system) / 1000 : runMs, logits };
}

/** The parent is this same program: what it sends has the type it says. */
function parseJson<T>(payload: Buffer): T {
  return JSON.parse(payload.toString()) as T;
}

function toJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
