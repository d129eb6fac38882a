import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import type { Device, ProbeReply, ProbeRequest, WakeRequest } from '../protocol.ts';
import { sessionOptions } from './session.ts';

/** Takes the first device on which a one-node model really runs: a broken card may still take a model in. */
export async function probeDevices(request: ProbeRequest): Promise<ProbeReply> {
  const model = Buffer.from(request.modelBase64, 'base64');
  const runtime = env.versions.node ?? env.versions.common;
  const failures: { device: Device; reason: string }[] = [];
  for (const device of request.devices) {
    try {
      await useDevice(device, model);
      return { device, failures, runtime };
    } catch (error) {
      failures.push({ device, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { device: undefined, failures, runtime };
}

/**
 * Has the device do something: its libraries are opened then, and this process has a context on it.
 * @returns the session, which keeps a device of WebGPU in use
 */
export async function wakeDevice({ device, modelBase64 }: WakeRequest): Promise<InferenceSession> {
  return await useDevice(device, Buffer.from(modelBase64, 'base64'));
}

async function useDevice(device: Device, model: Buffer): Promise<InferenceSession> {
  const session = await InferenceSession.create(model, sessionOptions(device, 1));
  const [input = ''] = session.inputNames;
  await session.run({ [input]: new Tensor('float32', Float32Array.of(1), [1]) });
  return session;
}
