import type { Client } from '../../../test/support/client.ts';

/** What a server under test may or may not have. */
export type Ability = 'hold' | 'cancel' | 'gates' | 'golden' | 'probation';

/** A reference that no server has: what is asked for is refused either for itself or for this. */
const NOWHERE = 'local://chaos-nowhere';

/** Finds out by asking: nothing changes by it. */
export async function abilitiesOf(client: Client): Promise<ReadonlySet<Ability>> {
  const abilities = new Set<Ability>();
  const hold = await client.post<{ error_type?: string }>('/update', { model_path: NOWHERE, mode: 'hold' });
  if (hold.body.error_type === 'model_not_found') abilities.add('hold');
  const cancel = await client.send('DELETE', '/update/none');
  if (cancel.status !== 405) abilities.add('cancel');
  const strange = { model_path: NOWHERE, gates: { minKendallTau: 'high' } };
  if ((await client.post('/update', strange)).status === 400) abilities.add('gates').add('golden');
  const info = await client.get<object>('/info');
  if (Object.hasOwn(info.body, 'probation')) abilities.add('probation');
  return abilities;
}
