import { join } from 'node:path';
import type { BenchModel } from '../workload/checkpoint.ts';
import type { Contender, ContenderName } from './contender.ts';
import { crossEncoder, LIBRARY_MODULES } from './cross-encoder.ts';
import { naiveNode } from './naive-node.ts';
import { findPython } from './python.ts';
import { pythonServer, SERVER_MODULES } from './python-server.ts';
import { rerankd } from './rerankd.ts';

export interface LineUpRequest {
  readonly names: readonly ContenderName[];
  readonly model: BenchModel;
  /** For logs and for what rerankd keeps. */
  readonly directory: string;
  readonly cores: number;
  readonly mostDocuments: number;
  readonly python: string | undefined;
}

export interface LineUp {
  readonly contenders: readonly Contender[];
  /** Versions of what runs in them, by module. */
  readonly versions: Readonly<Record<string, string>>;
  /** Who doesn't take part, and why: one line each. */
  readonly skipped: readonly string[];
}

/** Puts the contenders together. Those whose programs are not there are left out, and it is said why. */
export async function lineUp(request: LineUpRequest): Promise<LineUp> {
  const contenders: Contender[] = [];
  const versions: Record<string, string> = {};
  const skipped: string[] = [];
  for (const name of request.names) {
    try {
      contenders.push(await make(name, request, versions));
    } catch (error) {
      skipped.push(`${name} is left out: ${(error as Error).message}`);
    }
  }
  return { contenders, versions, skipped };
}

async function make(
  name: ContenderName,
  { model, directory, cores, mostDocuments, python }: LineUpRequest,
  versions: Record<string, string>,
): Promise<Contender> {
  const { checkpoint, exported } = model;
  const logFile = join(directory, `${name}.log`);
  const stateDirectory = join(directory, 'state');
  if (name === 'naive-node') return naiveNode({ exported, cores, logFile });
  if (name === 'python' || name === 'cross-encoder') {
    const found = await findPython(python, name === 'python' ? SERVER_MODULES : LIBRARY_MODULES);
    Object.assign(versions, found.versions);
    const setup = { interpreter: found.interpreter, checkpoint, cores, logFile };
    return name === 'python' ? pythonServer(setup) : crossEncoder(setup);
  }
  const dtype = name === 'rerankd-int8' ? 'int8' : 'fp32';
  return rerankd({ dtype, checkpoint, stateDirectory, logFile, mostDocuments });
}
