import { Counter, Gauge, type Registry } from 'prom-client';
import { startAtZero } from '../../platform/metrics/start-at-zero.ts';

export type AccessMetrics = ReturnType<typeof createAccessMetrics>;

/** What is counted at the door. Keys appear by their ids only. */
export function createAccessMetrics(registry: Registry) {
  const registers = [registry];
  return {
    keys: new Gauge({
      name: 'rerankd_keys',
      help: 'Keys in force.',
      labelNames: ['kind'] as const,
      registers,
    }),
    keyRequests: new Counter({
      name: 'rerankd_key_requests_total',
      help: 'Requests by the id of their key, and whether the rate limit let them in.',
      labelNames: ['kind', 'key', 'outcome'] as const,
      registers,
    }),
    refusedKeys: startAtZero(
      new Counter({
        name: 'rerankd_refused_keys_total',
        help: 'Requests without a valid key: none was sent, a wrong one, or one from an address that sent too many wrong ones.',
        labelNames: ['reason'] as const,
        registers,
      }),
      ['missing', 'wrong', 'braked'].map((reason) => ({ reason })),
    ),
    reloads: startAtZero(
      new Counter({
        name: 'rerankd_access_reloads_total',
        help: 'Files with keys or certificates that changed, and whether the change was taken.',
        labelNames: ['what', 'outcome'] as const,
        registers,
      }),
      ['api_keys', 'admin_keys', 'tls'].flatMap((what) =>
        ['taken', 'refused'].map((outcome) => ({ what, outcome })),
      ),
    ),
    certificateExpiry: new Gauge({
      name: 'rerankd_tls_certificate_expiry_timestamp_seconds',
      help: 'When the certificate that is served ends, as Unix time.',
      // Without a label there would be a zero on servers without TLS.
      labelNames: ['subject'] as const,
      registers,
    }),
    refusedConnections: startAtZero(
      new Counter({
        name: 'rerankd_refused_connections_total',
        help: 'Connections that were ended before they had a request for a route.',
        labelNames: ['reason'] as const,
        registers,
      }),
      ['timeout', 'headers', 'malformed'].map((reason) => ({ reason })),
    ),
  };
}
