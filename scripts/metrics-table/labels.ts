/**
 * What values each label takes, and what bounds them. A label that is not in here is not allowed: every value is a series that lives
 * as long as the server.
 */
export const labelValues: Readonly<Record<string, string>> = {
  route: 'the patterns of the routes, and `unmatched`',
  method: '`GET`, `POST`, `DELETE`, `HEAD`, `OPTIONS`, `PUT`, `PATCH`, `other`; `batch` in `te_*`',
  status: 'HTTP statuses that the server answers with; `499` when the client left first',
  reason:
    'of refusals: `queue_full`, `deadline`, `held`; of retries: what went wrong, from a closed list such as `timeout` or `wrong_hash`; of engines: `device_lost`, `out_of_memory`, `hung`, `ended`; of keys: `missing`, `wrong`, `braked`; of connections: `timeout`, `headers`, `malformed`',
  result: '`hit`, `miss`',
  process: '`server`, `engines`, `tokenizer`',
  version: 'one: that of this server',
  kind: 'of operations: `update`, `rollback`, `preload`; of evictions: `model`, `snapshot`, `manifest`; of keys: `api`, `admin`, `none`',
  phase: 'the phases of an update, such as `fetch`, `load`, `check`, `swap`, `drain`',
  outcome:
    'of operations: `succeeded`, `failed`, `cancelled`; of drains: `drained`, `held`; of probations: `passed`, `rolled_back`, `ended`; of spans: `exported`, `failed`, `dropped`; of requests with keys: `let_in`, `rate_limited`; of changed files: `taken`, `refused`',
  mode: '`beside`, `hold`; `none` where nothing was swapped',
  when: '`before`, `after`',
  state: '`used`, `free`, `total`',
  model: 'one at a time: the reference of the model that serves',
  digest: 'one at a time: its content',
  generation: 'one at a time: how many models this process has loaded',
  device: 'one at a time: `cpu`, `cuda`, `webgpu`',
  source: 'hosts that models came from, the first 20; all later ones are `other`',
  tier: '`remote`, `disk`, `memory`',
  key: 'ids of keys, as the operator named them, and `none`; never a key itself',
  what: '`api_keys`, `admin_keys`, `tls`',
  subject: 'one at a time: whom the certificate names',
  err: '`validation`, `batch_size`, `overloaded`, `dropped`, `inference`',
};
