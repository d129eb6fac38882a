import type { Config } from '../config.ts';
import { bringModel } from './bring-model.ts';

/**
 * `rerankd compile DIR`: compiles a model ahead of time, in the state directory of the server that will serve it.
 * @returns what to print: that it is ready, and the file of its graph.
 * @throws ServiceError that says what can't be compiled.
 */
export async function compile(config: Config, reference: string): Promise<string> {
  const { dtype, weightBytes, seconds, modelFile } = await bringModel(config, reference);
  const megabytes = Math.round(weightBytes / 2 ** 20);
  return `${reference} is ready to be served: ${dtype}, ${megabytes} MiB of weights, ${seconds.toFixed(1)} s\n${modelFile}`;
}
