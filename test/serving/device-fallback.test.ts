import { beforeEach, expect, it } from 'vitest';
import { DeviceChoice } from '../../src/engine/device-choice.ts';
import type { Generation } from '../../src/model/generation.ts';
import { type DeviceFallbackParts, DeviceFallbackWatch } from '../../src/serving/device-fallback.ts';
import { ModelSlot } from '../../src/serving/slot/model-slot.ts';
import { fakeGeneration } from '../support/fake-generation.ts';
import { LogBook } from '../support/log-book.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { someMetrics } from '../support/some-metrics.ts';

const clock = new ManualClock();
const turn = (): Promise<void> => new Promise(setImmediate);
let device: DeviceChoice;
let log: LogBook;
let watch: DeviceFallbackWatch;
let slot: ModelSlot<Generation>;
/** What loads in place of the model that is down. */
let load: () => Promise<Generation>;

const on = (name: string, runsOn: string, deviceOutage?: string): Generation => {
  const generation = fakeGeneration(name);
  return Object.assign(generation, { identity: { ...generation.identity, device: runsOn }, deviceOutage });
};

beforeEach(async () => {
  device = new DeviceChoice(async () => ({ device: 'cuda', version: '1.0.0' }), clock);
  log = new LogBook();
  slot = new ModelSlot<Generation>(clock);
  await slot.swap(on('serving', 'cuda', 'device lost'));
  const parts = {
    device,
    slot,
    preparation: { stage: async () => ({}), compile: async () => ({}), load: () => load() },
    record: { state: undefined },
    standby: { dismiss: async () => {} },
    probation: { end: () => {} },
    updater: { settle: async () => {} },
    clock,
    logger: log.logger,
    metrics: someMetrics(),
  };
  watch = new DeviceFallbackWatch(parts as unknown as DeviceFallbackParts);
  watch.start();
});

/** Lets the patience with the card pass. */
async function pass(): Promise<void> {
  for (let second = 0; second < 20; second++) {
    clock.advance(1_000);
    for (let turns = 0; turns < 20; turns++) await turn();
  }
  await watch.close();
}

it('a card that stays away is given up for the CPU', async () => {
  load = async () => on('on-cpu', 'cpu');
  await pass();
  expect(slot.current?.identity.device).toBe('cpu');
  expect(await device.runtime()).toMatchObject({ device: 'cpu', fallback: { reason: 'device lost' } });
});

it('the card stays the choice when the CPU can not serve either', async () => {
  load = () => Promise.reject(new Error('too little memory'));
  await pass();
  expect(log.find(/the CPU can't serve either: too little memory/)).toBeDefined();
  expect(slot.current?.identity.device).toBe('cuda');
  expect(await device.runtime()).toEqual({ device: 'cuda', version: '1.0.0' });
  expect(device.fallback).toBeUndefined();
});
