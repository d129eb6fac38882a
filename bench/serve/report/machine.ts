import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, cpus, release, totalmem, type } from 'node:os';
import { readMachineBudget } from '../../../src/platform/machine-budget.ts';
import { readProcessor } from '../../../src/platform/processor.ts';

/** Without which a figure says nothing. */
export interface MachineFacts {
  readonly date: string;
  readonly cpu: string;
  readonly isa: string;
  /** Processors that the contenders may use, and those that the machine has. */
  readonly cores: number;
  readonly machineCores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly node: string;
  /** Version of onnxruntime-node. */
  readonly onnxruntime: string;
}

export async function readMachine(): Promise<MachineFacts> {
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model.trim() ?? arch(),
    isa: readProcessor().isa,
    cores: readMachineBudget().cpus,
    machineCores: cpus().length,
    memoryBytes: totalmem(),
    kernel: `${type()} ${release()}`,
    node: process.version,
    onnxruntime: await versionOf('onnxruntime-node'),
  };
}

/** One line for people. */
export function describeMachine(machine: MachineFacts): string {
  const { cores, cpu, isa, memoryBytes, kernel, node, onnxruntime } = machine;
  const memory = `${Math.round(memoryBytes / 2 ** 30)} GiB`;
  return `${cores} × ${cpu}, ${isa}, ${memory}, ${kernel}, Node ${node}, ONNX Runtime ${onnxruntime}`;
}

async function versionOf(module: string): Promise<string> {
  const path = createRequire(import.meta.url).resolve(`${module}/package.json`);
  return (JSON.parse(await readFile(path, 'utf8')) as { version: string }).version;
}
