import { join } from 'node:path';
import { isKnownArchitecture } from '../graph/architectures/registry.ts';
import { listCheckpointFiles } from '../graph/safetensors/checkpoint.ts';
import type { FileRules } from '../store/hub/file-rules.ts';
import { externalDataOf } from './onnx-export.ts';

/** Which files of a repository a model needs, by the rules of `inspectModelDirectory`. */
export const hubFileRules: FileRules = {
  isKnownArchitecture,
  checkpointFiles: listCheckpointFiles,
  externalData: (directory, name) => externalDataOf({ name, path: join(directory, name) }),
};
