/** Ends with 0 where a session of a one-node model can be made on a device; says why not otherwise. Started by try-device.ts. */
import { probeDevices } from '../../src/engine/child/probe.ts';
import type { Device } from '../../src/engine/protocol.ts';
import { probeModel } from '../../src/graph/probe-model.ts';

const modelBase64 = Buffer.from(probeModel()).toString('base64');
const { device, failures } = await probeDevices({ devices: [process.argv[2] as Device], modelBase64 });
if (device === undefined) {
  console.error(failures.map(({ reason }) => reason.replaceAll(/\s+/g, ' ')).join('\n'));
  process.exit(1);
}
