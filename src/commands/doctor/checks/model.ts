import { messageOf, ServiceError } from '../../../errors.ts';
import { servedModels } from '../../../serving/state/served-models.ts';
import { type Check, type Finding, ok, type Patient, problem, warning } from '../check.ts';
import { locateModel } from '../model/locate-model.ts';
import { lookAtModel } from '../model/look-at-model.ts';

const TIMEOUT_MS = 30_000;

/** Is the model that a start would serve here and complete, and is there memory for it? */
export const modelCheck: Check = {
  name: 'model',
  timeoutMs: TIMEOUT_MS,
  async look(patient) {
    const { config } = patient;
    const served = await servedModels(config.stateDirectory).catch((error) => error as Error);
    if (served instanceof Error) return [unreadableState(served), ...(await configured(patient))];
    const active = served.find(({ role }) => role === 'active');
    if (active === undefined) return configured(patient);
    const known = ok(`a start serves the last good model, ${active.reference}, not RERANK_MODEL`);
    return [known, ...(await findings(patient, active.reference))];
  },
};

function configured(patient: Patient): Promise<Finding[]> {
  return findings(patient, patient.config.model);
}

async function findings(patient: Patient, reference: string): Promise<Finding[]> {
  const { config } = patient;
  try {
    const directory = await locateModel(reference, config);
    if (directory !== undefined) return await lookAtModel(patient, reference, directory);
    if (!config.store.offline)
      return [ok(`${reference} is not here yet; it is fetched when it is asked for`)];
    return [
      problem(
        `${reference} is not here, and HF_HUB_OFFLINE forbids to fetch it`,
        `Bring it with "rerankd fetch ${reference}" where that is allowed.`,
      ),
    ];
  } catch (error) {
    const mend = error instanceof ServiceError ? error.detail : undefined;
    return [problem(`${reference}: ${messageOf(error)}`, mend ?? 'See docs/models.md.')];
  }
}

function unreadableState(error: Error): Finding {
  const mend = error instanceof ServiceError ? error.detail : undefined;
  return warning(error.message, mend ?? 'Look at RERANK_STATE_DIR.');
}
