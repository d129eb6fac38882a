import { describe, expect, it } from 'vitest';
import { transferWindows } from '../../../bench/journey/transfer-windows.ts';
import { phaseWindows } from '../../../bench/journey/travel/phase-windows.ts';
import { figuresOf } from '../../../bench/journey/window.ts';

const sent = { from: 100, to: 200, bytes: 1000 };
const seen = (at: number, phase: string, done?: number) => ({ at, phase, done });
const sightings = [
  seen(90, 'resolve'),
  seen(95, 'fetch', 0),
  seen(150, 'fetch', 500),
  seen(210, 'fetch', 1000),
  seen(240, 'fetch', 10),
  seen(260, 'fetch', 1000),
  seen(300, 'verify'),
  seen(310, 'compile'),
  seen(350, 'compile', 50),
];

describe('the parts of a fetch', () => {
  it('are told apart by what the hub sent and by progress that begins anew', () => {
    expect(transferWindows(sent, sightings, 400)).toEqual({
      download: { from: 100, to: 200 },
      hash: { from: 200, to: 240 },
      copy: { from: 240, to: 300 },
      verify: { from: 300, to: 310 },
      compile: { from: 310, to: 400 },
    });
  });

  it('are only those that there were', () => {
    expect(Object.keys(transferWindows(sent, sightings.slice(0, 4), 230))).toEqual(['download', 'hash']);
  });

  it('lie between the other phases of an update', () => {
    const all = [...sightings, seen(360, 'load'), seen(380, 'swap')];
    const calm = { before: { from: 0, to: 90 }, after: { from: 400, to: 500 } };
    const windows = phaseWindows(sent, all, 400, calm);
    expect([...windows.keys()]).toEqual(
      'before download hash copy verify compile load swap after'.split(' '),
    );
    expect(windows.get('compile')).toEqual({ from: 310, to: 360 });
    expect(windows.get('swap')).toEqual({ from: 380, to: 400 });
  });
});

describe('the figures of windows', () => {
  it('count a request where it was sent, and the latencies of right answers only', () => {
    const samples = [
      { at: 99, latencyMs: 5, request: 0 },
      { at: 100, latencyMs: 1, request: 0 },
      { at: 150, latencyMs: 50, request: 0, fault: 'status 500' },
      { at: 199, latencyMs: 3, request: 0 },
      { at: 200, latencyMs: 9, request: 0 },
      { at: 300, latencyMs: 2, request: 0 },
    ];
    const windows = [
      { from: 100, to: 200 },
      { from: 300, to: 400 },
    ];
    expect(figuresOf(samples, windows)).toMatchObject({
      seconds: 0.2,
      requests: 4,
      failed: 1,
      latencyMs: { count: 3, median: 2, max: 3 },
    });
  });
});
