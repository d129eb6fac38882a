import { type CardSign, signOfCard } from '../../../engine/card-signs.ts';
import type { Patient } from '../check.ts';

/** What speaks for a card, by the same signs as a server's. */
export function signOnMachine({ config, machine }: Patient): Promise<CardSign | undefined> {
  const exists = async (path: string): Promise<boolean> => (await machine.info(path)) !== undefined;
  const { platform, arch, entries } = machine;
  return signOfCard(config.childEnv, { platform, arch, names: entries, exists });
}
