import { formatBytes } from '../../../platform/memory/format-bytes.ts';
import { type Check, ok, warning } from '../check.ts';

/** The server, a tokenizer and one engine with a small model take about half of it. */
const LEAST_BYTES = 512 * 2 ** 20;

/** How much memory may be used, and how much of it is free? */
export const memoryCheck: Check = {
  name: 'memory',
  async look({ machine }) {
    const { memoryBytes } = machine.budget();
    const { bytes, limitedBy } = await machine.freeMemory();
    const isLimited = memoryBytes < machine.hostMemoryBytes;
    const limit = isLimited
      ? `; the cgroup allows ${formatBytes(memoryBytes)} of ${formatBytes(machine.hostMemoryBytes)}`
      : '';
    const what = `${formatBytes(bytes)} free by ${limitedBy}${limit}`;
    if (bytes >= LEAST_BYTES) return [ok(what)];
    return [
      warning(
        what,
        'Give it more: an engine that runs out of memory is killed. A server that runs has its part already.',
      ),
    ];
  },
};
