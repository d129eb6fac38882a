import { isIP } from 'node:net';
import { z } from 'zod';
import { urlOfListener } from '../../server/address.ts';
import { type Check, type Finding, ok, type Patient, problem, warning } from '../check.ts';

const healthSchema = z.object({
  status: z.string(),
  model: z.string().nullish(),
  reason: z.string().optional(),
});
const liveSchema = z.object({ status: z.literal('live') });

const FIRST_FREE_PORT = 1024;

/** Is the port free, or is it a rerankd that listens there? */
export const portCheck: Check = {
  name: 'port',
  async look(patient) {
    const { host, port } = patient.config;
    if (port === 0) return [ok('PORT=0: any that is free')];
    const address = hostProblem(patient);
    const found = await whoListens(patient, urlOfListener('http', { host, port }));
    if (found !== undefined) return [found];
    const rights = await rightsProblem(patient);
    const wrong = [address, rights].filter((finding) => finding !== undefined);
    return wrong.length > 0 ? wrong : [ok(`${host}:${port} is free`)];
  },
};

/** @returns nothing where nobody listens. */
async function whoListens({ machine, signal }: Patient, url: string): Promise<Finding | undefined> {
  try {
    const live = await machine.get(`${url}/livez`, signal);
    if (!liveSchema.safeParse(live.body).success) return takenBy(`another program answers at ${url}`);
    const { body } = await machine.get(`${url}/healthz`, signal);
    const health = healthSchema.safeParse(body).data;
    if (health === undefined) return takenBy(`another program answers at ${url}`);
    if (health.status === 'healthy')
      return ok(`a rerankd serves ${health.model ?? 'no model yet'} at ${url}`);
    return problem(
      `the rerankd at ${url} is ${health.status}: ${health.reason ?? 'no reason given'}`,
      'Its log says more; "rerankd status" shows what it does.',
    );
  } catch (error) {
    signal.throwIfAborted();
    const { code } = ((error as { cause?: unknown }).cause ?? error) as { code?: unknown };
    if (code === 'ECONNREFUSED' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return undefined;
    return warning(
      `something listens at ${url} that speaks no plain HTTP (${String(code ?? error)})`,
      'A server with TLS? Otherwise choose another PORT.',
    );
  }
}

function takenBy(message: string): Finding {
  return problem(message, '"ss -ltnp" says which one. Choose another PORT, or end it.');
}

function hostProblem({ config: { host }, machine }: Patient): Finding | undefined {
  const isOwn = ['0.0.0.0', '::', ''].includes(host) || host.startsWith('127.');
  if (isOwn || isIP(host) === 0 || machine.addresses().includes(host)) return undefined;
  return problem(`HOST=${host} is no address of this machine`, `It has ${machine.addresses().join(', ')}.`);
}

/** Linux lets everybody have the ports from there on (ip-sysctl, ip_unprivileged_port_start). */
async function rightsProblem({ config: { port }, machine }: Patient): Promise<Finding | undefined> {
  const text = await machine.readText('/proc/sys/net/ipv4/ip_unprivileged_port_start');
  const first = text === undefined ? FIRST_FREE_PORT : Number.parseInt(text, 10);
  if (machine.uid === 0 || port >= first) return undefined;
  return problem(
    `port ${port} is for root (below ${first})`,
    'Choose a higher PORT, with a proxy in front of it.',
  );
}
