import { ModelRoots } from '../../../store/reference.ts';
import { type Check, type Finding, ok, problem, warning } from '../check.ts';

/** Are the folders there that models may come from? */
export const modelsDirectoriesCheck: Check = {
  name: 'models directories',
  async look({ config: { modelRoots }, machine }) {
    const found: Finding[] = [];
    for (const root of modelRoots) {
      const info = await machine.info(root);
      if (info === undefined || !info.isDirectory)
        found.push(warning(`there is no folder ${root}`, 'Make it, or correct RERANK_MODELS_DIR.'));
      else if (!(await machine.may('read', root)))
        found.push(problem(`${root} can't be read`, `Let user ${machine.uid} read it.`));
      else {
        const { length } = await new ModelRoots([root]).list();
        found.push(ok(`${root}: ${length === 1 ? 'one model' : `${length} models`}`));
      }
    }
    return found;
  },
};
