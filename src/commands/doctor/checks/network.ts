import { messageOf, ServiceError } from '../../../errors.ts';
import { systemClock } from '../../../platform/clock.ts';
import { hubEndpoints } from '../../../store/hub/endpoints.ts';
import { type Check, type Finding, ok, type Patient, problem, warning } from '../check.ts';

const PROXIES = ['http_proxy', 'https_proxy'] as const;

/** How does it reach hubs, if it may? Nothing is asked. */
export const networkCheck: Check = {
  name: 'network',
  async look(patient) {
    const { store } = patient.config;
    const found: Finding[] = [
      ...PROXIES.flatMap((name) => proxyFindings(patient, name)),
      ...hubFindings(patient),
    ];
    if (found.some(({ status }) => status !== 'ok')) return found;
    if (store.offline)
      return [ok('offline (HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE): no request leaves this machine')];
    return found;
  },
};

function proxyFindings({ env }: Patient, name: (typeof PROXIES)[number]): Finding[] {
  const [lower, upper] = [env[name], env[name.toUpperCase()]].map((value) =>
    value === '' ? undefined : value,
  );
  const value = lower ?? upper;
  if (value === undefined) return [];
  const url = URL.parse(value);
  // What it says is not repeated: it may hold a password.
  if (url === null || !/^https?:$/.test(url.protocol))
    return [
      problem(
        `${name} is no address such as http://proxy.example:3128`,
        'Correct it: downloads go through it.',
      ),
    ];
  if (lower !== undefined && upper !== undefined && lower !== upper)
    return [warning(`${name} and ${name.toUpperCase()} differ; the first one counts`, 'Make them the same.')];
  return [
    ok(
      `${name}: downloads go through ${url.host}, but for NO_PROXY=${env['no_proxy'] ?? env['NO_PROXY'] ?? ''}`,
    ),
  ];
}

function hubFindings({ config: { store } }: Patient): Finding[] {
  try {
    const names = hubEndpoints(store, systemClock).map(({ name }) => name);
    return [ok(`hubs: ${names.join(', ')}${store.hubToken === undefined ? '' : ', with a token'}`)];
  } catch (error) {
    const mend = error instanceof ServiceError ? error.detail : undefined;
    return [problem(messageOf(error), mend ?? 'Correct HF_ENDPOINT and RERANK_HUB_ENDPOINTS.')];
  }
}
