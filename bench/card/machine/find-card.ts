import { readdir } from 'node:fs/promises';
import { childEnvironment } from '../../../src/child-environment.ts';
import { probeDevices } from '../../../src/engine/choose-device.ts';
import { probeModel } from '../../../src/graph/probe-model.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import type { Card } from '../options.ts';

/** EX_UNAVAILABLE of sysexits.h: told apart from a bench that failed, and never taken for one that passed. */
export const NO_CARD_EXIT_CODE = 69;

/** There is nothing to measure on; the message says why. */
export class NoCard extends Error {
  override readonly name = 'NoCard';
}

const REASON_CHARACTERS = 300;

/**
 * Makes sure that ONNX Runtime works on the device, in a process of its own. A Vulkan driver that computes on the CPU is no card.
 * @param anyDriver takes it for one all the same
 * @throws NoCard
 */
export async function requireCard(device: Card, anyDriver: boolean): Promise<void> {
  if (device === 'webgpu' && !anyDriver && !(await hasDisplayDevice())) {
    throw new NoCard(
      'no webgpu card here: neither /dev/dri/renderD* nor /dev/nvidia0 exists, so Vulkan would compute on the CPU',
    );
  }
  const { failures } = await probeDevices(
    {
      probeModel: probeModel(),
      env: childEnvironment(process.env),
      clock: systemClock,
      logger: createLogger({ level: 'error', format: 'text', destination: 2 }),
    },
    [device],
  );
  const [failure] = failures;
  if (failure === undefined) return;
  const reason = failure.reason.replaceAll(/\s+/g, ' ').slice(0, REASON_CHARACTERS);
  throw new NoCard(`no ${device} card here: ${reason}`);
}

async function hasDisplayDevice(): Promise<boolean> {
  // Elsewhere there is no Vulkan that computes on the CPU unless somebody has installed it.
  if (process.platform !== 'linux') return true;
  const [dri, dev] = await Promise.all(['/dev/dri', '/dev'].map((path) => readdir(path).catch(() => [])));
  return (
    (dri ?? []).some((name) => name.startsWith('renderD')) ||
    (dev ?? []).some((name) => /^nvidia\d/.test(name))
  );
}
