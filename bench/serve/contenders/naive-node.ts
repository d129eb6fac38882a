import { fileURLToPath } from 'node:url';
import { startServer } from '../../server/start-server.ts';
import type { ServerContender } from './contender.ts';

export interface NaiveNodeSetup {
  /** A directory with onnx/model.onnx. */
  readonly exported: string;
  readonly cores: number;
  readonly logFile: string;
}

const program = fileURLToPath(new URL('../../baselines/naive-node/server.ts', import.meta.url));

/** Express and transformers.js, one request at a time. */
export function naiveNode({ exported, cores, logFile }: NaiveNodeSetup): ServerContender {
  return {
    kind: 'server',
    name: 'naive-node',
    start: (signal) =>
      startServer(
        (port) => ({
          command: process.execPath,
          args: [program, exported, String(port), String(cores)],
          env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
          logFile,
          endTimeoutMs: 0,
        }),
        signal,
      ),
  };
}
