import type { Architecture, ArchitectureName } from './architecture.ts';
import { bert } from './bert.ts';
import { debertaV2 } from './deberta-v2.ts';
import { distilbert } from './distilbert.ts';
import { electra } from './electra.ts';
import { modernbert } from './modernbert.ts';
import { roberta, xlmRoberta } from './roberta.ts';

/** Every family that a checkpoint can be made of. */
export const architectures: Readonly<Record<ArchitectureName, Architecture>> = {
  'xlm-roberta': xlmRoberta,
  roberta,
  bert,
  distilbert,
  electra,
  modernbert,
  'deberta-v2': debertaV2,
};
