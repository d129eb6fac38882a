import { expect, it } from 'vitest';
import { Breaker } from '../../../src/store/hub/breaker.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function opened() {
  const clock = new ManualClock();
  const breaker = new Breaker(clock);
  for (let failure = 0; failure < 3; failure++) {
    expect(breaker.tryEnter()).toBe(true);
    breaker.failed();
  }
  return { clock, breaker };
}

it('opens after three failures in a row, and lets nobody through', () => {
  const { breaker, clock } = opened();
  expect(breaker.state).toBe('open');
  clock.advance(29_999);
  expect(breaker.tryEnter()).toBe(false);
});

it('counts failures in a row only', () => {
  const breaker = new Breaker(new ManualClock());
  for (let round = 0; round < 5; round++) {
    breaker.failed();
    breaker.failed();
    breaker.succeeded();
  }
  expect(breaker.state).toBe('closed');
});

it('lets one caller through when it has cooled down, and closes when that goes well', () => {
  const { breaker, clock } = opened();
  clock.advance(30_000);
  expect(breaker.state).toBe('half-open');
  expect(breaker.tryEnter()).toBe(true);
  expect(breaker.tryEnter()).toBe(false);
  breaker.succeeded();
  expect(breaker.state).toBe('closed');
  expect(breaker.tryEnter() && breaker.tryEnter()).toBe(true);
});

it('opens again when that one fails, and asks another one when it gives up', () => {
  const { breaker, clock } = opened();
  clock.advance(30_000);
  breaker.tryEnter();
  breaker.abandoned();
  expect(breaker.tryEnter()).toBe(true);
  breaker.failed();
  expect(breaker.state).toBe('open');
  clock.advance(29_999);
  expect(breaker.tryEnter()).toBe(false);
  clock.advance(1);
  expect(breaker.tryEnter()).toBe(true);
});
