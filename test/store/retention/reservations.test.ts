import { describe, expect, it } from 'vitest';
import { Reservations } from '../../../src/store/retention/reservations.ts';

describe('reservations', () => {
  it('count on their disk until they are released, once', () => {
    const reservations = new Reservations();
    const [first, second] = [reservations.add(1, 60), reservations.add(1, 5)];
    expect([reservations.unwrittenOn(1), reservations.unwrittenOn(2), reservations.totalBytes]).toEqual([
      65, 0, 65,
    ]);
    first.release();
    first.release();
    expect([reservations.unwrittenOn(1), reservations.totalBytes]).toEqual([5, 5]);
    second.release();
    expect([reservations.unwrittenOn(1), reservations.totalBytes]).toEqual([0, 0]);
  });

  it('leave to the file system what is written, and keep it in the budget until the end', () => {
    const reservations = new Reservations();
    const reservation = reservations.add(1, 60);
    reservation.use(50);
    expect([reservations.unwrittenOn(1), reservations.totalBytes]).toEqual([10, 60]);
    // Parts that were fetched twice.
    reservation.use(20);
    reservation.use(1);
    expect([reservations.unwrittenOn(1), reservations.totalBytes]).toEqual([0, 60]);
    reservation.release();
    expect([reservations.unwrittenOn(1), reservations.totalBytes]).toEqual([0, 0]);
  });
});
