import { execFile } from 'node:child_process';

/**
 * Runs nvidia-smi with these arguments and resolves with what it prints.
 * @param timeoutMs after which it is killed, where that is sooner than usual
 */
export type RunNvidiaSmi = (args: readonly string[], timeoutMs?: number) => Promise<string>;

/**
 * It answers in some hundredths of a second while a process uses the card. Without persistence mode it wakes the driver otherwise,
 * which takes one to three seconds a card, of all cards of the machine.
 */
const TIMEOUT_MS = 10_000;

/** The XML of one card has about 15 KiB. */
const MOST_OUTPUT_BYTES = 2 ** 21;

/**
 * nvidia-smi, as PATH finds it. The driver brings it, and the NVIDIA container toolkit puts it into containers that may use
 * `utility`. It runs as a process of its own, so that a driver that hangs never holds up this one, and it is killed then.
 *
 * NVML, the library below it, would be asked in microseconds. But no binding of it for Node.js is kept up (on npm, `nvml` is an empty
 * package and `node-nvidia-smi` runs this same program), and a foreign function interface would block the thread that calls it.
 * @param env its whole environment: PATH is what matters.
 * @param longestMs after which it is killed
 * @throws Error with its own words.
 */
export function nvidiaSmi(
  env: Readonly<Record<string, string>>,
  longestMs: number = TIMEOUT_MS,
): RunNvidiaSmi {
  const options = {
    env: { ...env, LC_ALL: 'C' },
    killSignal: 'SIGKILL',
    maxBuffer: MOST_OUTPUT_BYTES,
  } as const;
  return (args, timeoutMs = longestMs) =>
    new Promise((resolve, reject) => {
      const timeout = Math.min(timeoutMs, longestMs);
      execFile('nvidia-smi', [...args], { ...options, timeout }, (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        // It explains itself on stdout.
        const said = `${stdout}\n${stderr}`.split('\n').find((line) => line.trim() !== '');
        reject(new Error(`nvidia-smi: ${error.killed ? 'no answer in time' : (said ?? error.message)}`));
      });
    });
}
