import { type Check, ok, warning } from '../check.ts';

/** How many processors may be used, of how many? */
export const processorsCheck: Check = {
  name: 'processors',
  async look({ config: { engines, threads }, machine }) {
    const { cpus } = machine.budget();
    const { hostProcessors, affinity } = machine;
    const limits = [
      ...(affinity < hostProcessors ? [`the affinity mask leaves ${affinity}`] : []),
      ...(cpus < affinity ? [`the cgroup quota leaves ${cpus}`] : []),
    ];
    const what = `${cpus} of ${hostProcessors} may be used${limits.length > 0 ? ` (${limits.join(', ')})` : ''}`;
    const wanted = (engines === 'auto' ? 1 : engines) * (threads === 'auto' ? 1 : threads);
    if (wanted > cpus) {
      return [
        warning(
          `${what}, and RERANK_ENGINES × RERANK_THREADS is ${wanted}`,
          'Leave both at auto: more threads than processors wait for each other.',
        ),
      ];
    }
    return [ok(what)];
  },
};
