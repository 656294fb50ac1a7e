/** The pacer on a simulated GPU and clock: every dispatch lasts `cost` milliseconds. */
import { describe, expect, test } from 'vitest';
import { createPacer, type Pace, type Pacer, type Work } from './pacing.ts';

interface Event {
  readonly at: number;
  happen(): void;
}

function machine(cost: number) {
  let time = 0;
  let free = 0;
  const events: Event[] = [];
  const slices: { from: number; to: number; at: number; until: number }[] = [];
  const at = (when: number) => new Promise<void>((happen) => events.push({ at: when, happen }));
  const pacer = createPacer({
    settled: () => at(free),
    now: () => time,
    wait: (ms) => at(time + ms),
  });
  const work = (dispatches: number, more: Partial<Work> = {}): Work => ({
    program: 'one' as unknown as object,
    kind: 'token',
    begin: () => dispatches,
    submit(from, to) {
      free = Math.max(free, time) + cost * (to - from);
      slices.push({ from, to, at: time, until: free });
    },
    ...more,
  });
  /** Advances the clock until the promise settles. */
  const passed = async <T>(promise: Promise<T>): Promise<T> => {
    let over = false;
    const end = () => {
      over = true;
    };
    promise.then(end, end);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (over) return promise;
      const next = events.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) throw new Error('nothing will ever happen');
      events.splice(events.indexOf(next), 1);
      time = Math.max(time, next.at);
      next.happen();
    }
  };
  const lasted = () => slices.map(({ from, to }) => (to - from) * cost);
  return { pacer, work, passed, slices, lasted };
}

function inFlight(slices: ReturnType<typeof machine>['slices']): number {
  return Math.max(...slices.map((s) => slices.filter((o) => o.at <= s.at && s.at < o.until).length));
}

describe('slices', () => {
  test.each([
    ['polite', 7, 1],
    ['balanced', 14, 2],
    ['full', 200, 2],
  ] as const)('%s: prompts in slices of %i ms, %i in flight', async (pace, most, flying) => {
    const m = machine(1);
    m.pacer.pace = pace;
    for (let i = 0; i < 8; i++) await m.passed(m.pacer.run(m.work(300, { kind: 'prompt' })));
    // The first slices at full speed are whole programs, since no time is known yet.
    const settled = m.slices.slice(3);
    expect(Math.max(...settled.map((s) => s.to - s.from))).toBeLessThanOrEqual(most);
    expect(inFlight(m.slices)).toBe(flying);
    const runs = m.slices.filter((s) => s.from === 0).length;
    expect(runs).toBe(8);
    expect(m.slices.reduce((sum, s) => sum + s.to - s.from, 0)).toBe(8 * 300);
  });

  test('polite leaves the GPU idle between two slices; balanced and full do not', async () => {
    const idle = async (pace: Pace) => {
      const m = machine(1);
      m.pacer.pace = pace;
      await m.passed(m.pacer.run(m.work(60, { kind: 'prompt' })));
      return m.slices.slice(1).map((s, i) => s.at - (m.slices[i]?.until ?? 0));
    };
    expect(Math.min(...(await idle('polite')))).toBe(4);
    expect(Math.max(...(await idle('balanced')))).toBeLessThanOrEqual(0);
  });

  test('sizes follow the time that a dispatch takes, down to one and up again', async () => {
    const slow = machine(50);
    slow.pacer.pace = 'polite';
    for (let i = 0; i < 3; i++) await slow.passed(slow.pacer.run(slow.work(12)));
    expect(slow.lasted().slice(-12)).toEqual(Array(12).fill(50));
    const fast = machine(0.01);
    fast.pacer.pace = 'polite';
    for (let i = 0; i < 12; i++) await fast.passed(fast.pacer.run(fast.work(150)));
    expect(fast.slices.at(-1)).toMatchObject({ from: 0, to: 150 });
  });

  test('where one dispatch of a prompt takes too long, prompts have fewer rows; later more again', async () => {
    const m = machine(50);
    m.pacer.pace = 'polite';
    expect(m.pacer.rows(128)).toBe(128);
    for (let i = 0; i < 3; i++) await m.passed(m.pacer.run(m.work(12, { kind: 'prompt' })));
    expect(m.pacer.rows(128)).toBe(16);
    m.pacer.pace = 'full';
    expect(m.pacer.rows(128)).toBe(128);
  });
});

test('a token at full speed is one submit, made before run returns', async () => {
  const m = machine(100);
  const running = m.pacer.run(m.work(143));
  expect(m.slices).toHaveLength(1);
  await running;
  expect(m.slices).toMatchObject([{ from: 0, to: 143 }]);
});

describe('work that is not ready', () => {
  const waiting = (signal?: AbortSignal) => {
    const m = machine(1);
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
    const first = m.pacer.run(m.work(20, { ready, signal }));
    const next = m.pacer.run(m.work(30));
    return { m, first, next, resolve, reject };
  };

  test('waits, and later work with it, in the order of the calls', async () => {
    const { m, first, next, resolve } = waiting();
    await new Promise((turn) => setImmediate(turn));
    expect(m.slices).toEqual([]);
    resolve();
    await m.passed(Promise.all([first, next]));
    expect(m.slices).toMatchObject([{ to: 20 }, { to: 30 }]);
  });

  test('ends at once at a signal', async () => {
    const stop = new AbortController();
    const { m, first, next } = waiting(stop.signal);
    stop.abort();
    await expect(first).rejects.toMatchObject({ code: 'request-aborted' });
    await m.passed(next);
    expect(m.slices).toMatchObject([{ to: 30 }]);
  });

  test('fails with its error, and later work runs', async () => {
    const { m, first, next, reject } = waiting();
    reject(new Error('refused'));
    await expect(first).rejects.toThrow('refused');
    await m.passed(next);
    expect(m.slices).toMatchObject([{ to: 30 }]);
  });
});

test('runs keep their order and never interleave, at any level', async () => {
  const m = machine(1);
  m.pacer.pace = 'polite';
  const names: string[] = [];
  const named = (name: string) => {
    const { submit, ...rest } = m.work(20);
    const noted = (from: number, to: number) => {
      names.push(name);
      submit(from, to);
    };
    return { ...rest, submit: noted };
  };
  const first = m.pacer.run(named('a'));
  const second = m.pacer.run(named('b'));
  m.pacer.pace = 'full';
  await m.passed(Promise.all([first, second]));
  expect([...new Set(names)]).toEqual(['a', 'b']);
  expect(names.join('')).toMatch(/^a+b$/);
});

describe('switching and stopping in the middle', () => {
  const during = async (pace: Pace, act: (pacer: Pacer, stop: AbortController) => void) => {
    const m = machine(1);
    m.pacer.pace = pace;
    const stop = new AbortController();
    const { submit, ...rest } = m.work(300, { kind: 'prompt', signal: stop.signal });
    const running = m.pacer.run({
      ...rest,
      submit(from, to) {
        submit(from, to);
        if (m.slices.length === 4) act(m.pacer, stop);
      },
    });
    const result = await m.passed(
      running.then(
        () => 'done',
        (error) => error.code,
      ),
    );
    return { result, slices: m.slices };
  };

  test.each(['polite', 'balanced'] as const)(
    '%s: a stop takes effect before the next slice',
    async (pace) => {
      const { result, slices } = await during(pace, (_, stop) => stop.abort());
      expect(result).toBe('request-aborted');
      expect(slices).toHaveLength(4);
    },
  );

  test('a change of level takes effect with the next slice', async () => {
    const { result, slices } = await during('polite', (pacer) => {
      pacer.pace = 'full';
    });
    expect(result).toBe('done');
    expect(slices.at(-1)).toMatchObject({ to: 300 });
    expect(slices.length).toBeLessThanOrEqual(6);
  });
});

test('a failure of the GPU is reported and does not block the next run', async () => {
  let lost = true;
  const pacer = createPacer({
    settled: () => (lost ? Promise.reject(new Error('lost')) : Promise.resolve()),
  });
  pacer.pace = 'balanced';
  const work: Work = { program: {}, kind: 'prompt', begin: () => 100, submit: () => {} };
  await expect(pacer.run(work)).rejects.toThrow('lost');
  lost = false;
  await expect(pacer.run(work)).resolves.toBeUndefined();
});
