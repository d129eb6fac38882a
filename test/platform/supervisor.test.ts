import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type Mortal, Outage, Supervisor } from '../../src/platform/process/supervisor.ts';
import { LogBook } from '../support/log-book.ts';
import { ManualClock } from '../support/manual-clock.ts';

class FakeChild implements Mortal {
  readonly #end = Promise.withResolvers<string>();
  readonly lost = this.#end.promise;
  alive = true;

  kill(because: string): void {
    this.alive = false;
    this.#end.resolve(because);
  }
}

const never = new AbortController().signal;
const logger = pino({ level: 'silent' });
const turn = (): Promise<void> => new Promise(setImmediate);

describe('a supervisor', () => {
  it('starts a child again at once, then with growing pauses while it keeps dying', async () => {
    const clock = new ManualClock();
    const children: FakeChild[] = [];
    const start = async (): Promise<FakeChild> => {
      const child = new FakeChild();
      children.push(child);
      return child;
    };
    const supervisor = await Supervisor.launch({ name: 'child', start, clock, logger }, never);
    children.at(-1)?.kill('first crash');
    await turn();
    expect(children).toHaveLength(2);
    children.at(-1)?.kill('second crash');
    await turn();
    expect([children.length, supervisor.current]).toEqual([2, undefined]);
    clock.advance(100);
    await turn();
    expect(supervisor.current).toBe(children[2]);
    await supervisor.close();
  });

  it('forgives crashes that lie far apart', async () => {
    const clock = new ManualClock();
    let starts = 0;
    let child = new FakeChild();
    const start = async (): Promise<FakeChild> => {
      starts++;
      child = new FakeChild();
      return child;
    };
    const supervisor = await Supervisor.launch({ name: 'child', start, clock, logger }, never);
    for (let crash = 0; crash < 5; crash++) {
      clock.advance(60_000);
      child.kill('crash');
      await turn();
    }
    expect(starts).toBe(6);
    await supervisor.close();
  });

  it('tells of an outage when starts keep failing, and no more when one works', async () => {
    const clock = new ManualClock();
    const failed: unknown[] = [];
    let works = true;
    const start = async (): Promise<FakeChild> => {
      if (works) return new FakeChild();
      throw new Error('no CUDA-capable device is detected');
    };
    const onFailedStart = (error: unknown): void => void failed.push(error);
    const options = { name: 'child', start, clock, logger, onFailedStart };
    const supervisor = await Supervisor.launch(options, never);
    clock.advance(60_000);
    works = false;
    supervisor.current?.kill('crash');
    for (const [starts, pauseMs] of [100, 200].entries()) {
      await turn();
      expect([failed.length, supervisor.outage]).toEqual([starts + 1, undefined]);
      clock.advance(pauseMs);
    }
    await turn();
    expect(supervisor.outage).toBe('no CUDA-capable device is detected');
    works = true;
    clock.advance(400);
    await turn();
    expect([supervisor.current === undefined, supervisor.outage]).toEqual([false, undefined]);
    await supervisor.close();
  });

  it('tells each reason of starts that fail once a minute, without what stands below its first line', async () => {
    const clock = new ManualClock();
    const log = new LogBook();
    const reasons = ['lost\nstd::conditional_t<…>', 'lost\nstd::…', 'gone', 'gone'];
    const first = new FakeChild();
    let isFirst = true;
    const start = async (): Promise<FakeChild> => {
      if (!isFirst) throw new Error(reasons.length > 1 ? reasons.shift() : reasons[0]);
      isFirst = false;
      return first;
    };
    const supervisor = await Supervisor.launch({ name: 'child', start, clock, logger: log.logger }, never);
    first.kill('crash');
    const told = () => log.lines.filter(({ msg }) => msg === 'child could not be started again');
    const step = async (ms: number): Promise<void> => {
      clock.advance(ms);
      await turn();
    };
    for (const ms of [0, 100, 200, 400]) await step(ms);
    expect(told().map(({ reason, starts }) => [reason, starts])).toEqual([
      ['lost', 1],
      ['gone', 3],
    ]);
    expect(told()[1]).toMatchObject({ level: 50, down_ms: 300 });
    expect(told()[0]).not.toHaveProperty('err');
    await step(59_000);
    expect(told()).toHaveLength(2);
    await step(10_000);
    expect(told()).toHaveLength(3);
    const inFull = log.lines.find(({ msg }) => msg?.endsWith(', in full'));
    expect(inFull).toMatchObject({
      level: 20,
      err: { message: expect.stringContaining('conditional_t') },
    });
    await supervisor.close();
  });

  it('hands the next child to who waits for one', async () => {
    const clock = new ManualClock();
    const second = Promise.withResolvers<FakeChild>();
    const starts = [Promise.resolve(new FakeChild()), second.promise];
    const start = (): Promise<FakeChild> => starts.shift() ?? Promise.reject(new Error('no more'));
    const supervisor = await Supervisor.launch({ name: 'child', start, clock, logger }, never);
    (await supervisor.up(never)).kill('crash');
    await turn();
    const waiting = supervisor.up(never);
    const next = new FakeChild();
    second.resolve(next);
    expect(await waiting).toBe(next);
    await supervisor.close();
  });

  it('hands out no child that is known to be doomed, though it is not gone yet', async () => {
    const clock = new ManualClock();
    const [doomed, next] = [new FakeChild(), new FakeChild()];
    const children = [doomed, next];
    const start = async (): Promise<FakeChild> => children.shift() ?? Promise.reject(new Error('no more'));
    const supervisor = await Supervisor.launch({ name: 'child', start, clock, logger }, never);
    doomed.alive = false;
    expect(supervisor.current).toBeUndefined();
    const waiting = supervisor.up(never);
    doomed.kill('crash');
    expect(await waiting).toBe(next);
    await supervisor.close();
  });

  it('tells those who wait, and those who come later, that no child comes up', async () => {
    const clock = new ManualClock();
    const first = new FakeChild();
    const children = [first];
    const start = async (): Promise<FakeChild> => children.shift() ?? Promise.reject(new Error('no file'));
    const supervisor = await Supervisor.launch({ name: 'child', start, clock, logger }, never);
    first.kill('crash');
    await turn();
    const failed = expect(supervisor.up(never)).rejects.toThrow(
      new Outage('child does not come up again: no file'),
    );
    for (const pauseMs of [100, 200]) {
      clock.advance(pauseMs);
      await turn();
    }
    await failed;
    await expect(supervisor.up(never)).rejects.toThrow(Outage);
    children.push(new FakeChild());
    clock.advance(400);
    await turn();
    expect(await supervisor.up(never)).toBe(supervisor.current);
    await supervisor.close();
  });

  it('lets those go who no longer want to wait', async () => {
    const clock = new ManualClock();
    const first = new FakeChild();
    const starts = [Promise.resolve(first), new Promise<FakeChild>(() => {})];
    const start = (): Promise<FakeChild> => starts.shift() ?? Promise.reject(new Error('no more'));
    const supervisor = await Supervisor.launch({ name: 'child', start, clock, logger }, never);
    first.kill('crash');
    await turn();
    const enough = new AbortController();
    const waiting = supervisor.up(enough.signal);
    enough.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(supervisor.up(enough.signal)).rejects.toThrow('enough');
  });

  it('passes the error of the first start on, and restarts nothing after close', async () => {
    const clock = new ManualClock();
    const failing = { name: 'child', start: () => Promise.reject(new Error('bad model')), clock, logger };
    await expect(Supervisor.launch(failing, never)).rejects.toThrow('bad model');
    let starts = 0;
    const start = async (): Promise<FakeChild> => {
      starts++;
      return new FakeChild();
    };
    const supervisor = await Supervisor.launch({ name: 'child', start, clock, logger }, never);
    const waitsForever = supervisor.up(never);
    await supervisor.close();
    await waitsForever;
    await turn();
    expect([starts, supervisor.current, clock.pending]).toEqual([1, undefined, 0]);
    await expect(supervisor.up(never)).rejects.toThrow();
  });
});
