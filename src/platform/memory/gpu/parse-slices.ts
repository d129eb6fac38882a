import { type CardMemory, memoryOf } from './parse-cards.ts';

/** A slice of a card in MIG mode: for a program, a card. */
export interface Slice extends CardMemory {
  readonly cardUuid: string;
  /** Undefined where the list of devices does not name it. */
  readonly uuid: string | undefined;
  readonly name: string;
}

/**
 * The slices of all cards. Their memory stands in the XML alone, which has no UUIDs for them; those stand in the list.
 *
 * Source: NVIDIA Multi-Instance GPU User Guide, "Device Enumeration"; nvsmi_device_v12.dtd.
 * @param xml of `nvidia-smi -q -x`
 * @param list of `nvidia-smi -L`
 */
export function parseSlices(xml: string, list: string): Slice[] {
  const listed = parseList(list);
  return elements(xml, 'gpu').flatMap((gpu) => {
    const slices = elements(gpu, 'mig_device');
    // What stands outside of the slices is the card's own.
    const own = gpu.replaceAll(/<mig_devices>[\s\S]*?<\/mig_devices>/g, '');
    const cardUuid = element(own, 'uuid') ?? '';
    const cardName = element(own, 'product_name') ?? 'GPU';
    return slices.map((slice) => {
      const index = Number(element(slice, 'index'));
      const named = listed.find((entry) => entry.cardUuid === cardUuid && entry.index === index);
      const memory = element(slice, 'fb_memory_usage') ?? '';
      return {
        cardUuid,
        uuid: named?.uuid,
        name: named === undefined ? `${cardName} (MIG)` : `${cardName} MIG ${named.profile}`,
        ...memoryOf(element(memory, 'total'), element(memory, 'used'), element(memory, 'free')),
      };
    });
  });
}

/** Lines such as `  MIG 1g.5gb      Device  0: (UUID: MIG-…)` below `GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-…)`. */
function parseList(list: string) {
  let cardUuid = '';
  return list.split('\n').flatMap((line) => {
    cardUuid = /^GPU \d+:.*\(UUID: (\S+)\)/.exec(line)?.[1] ?? cardUuid;
    const [, profile, index, uuid] = /^\s+MIG (\S+)\s+Device\s+(\d+): \(UUID: (\S+)\)/.exec(line) ?? [];
    if (profile === undefined || uuid === undefined) return [];
    return [{ cardUuid, profile, index: Number(index), uuid }];
  });
}

function element(xml: string, name: string): string | undefined {
  return elements(xml, name)[0];
}

function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?: [^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map(
    ([, inner = '']) => inner.trim(),
  );
}
