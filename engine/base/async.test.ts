import { describe, expect, it } from 'vitest';
import { latestOnly, serial, unlessAborted } from './async.ts';

describe('serial', () => {
  it('runs one piece of work at a time, in the order of the calls', async () => {
    const inTurn = serial();
    const log: string[] = [];
    const work = (name: string) => async () => {
      log.push(`${name} begins`);
      await Promise.resolve();
      await Promise.resolve();
      log.push(`${name} ends`);
      return name;
    };
    expect(await Promise.all([inTurn(work('a')), inTurn(work('b'))])).toEqual(['a', 'b']);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('rejects as the work does, and runs what follows', async () => {
    const inTurn = serial();
    const failed = inTurn(() => Promise.reject(new Error('no')));
    const next = inTurn(async () => 1);
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe(1);
  });
});

describe('latestOnly', () => {
  it('makes earlier runs late', () => {
    const runs = latestOnly();
    const first = runs.begin();
    const same = runs.current();
    expect([first(), same()]).toEqual([true, true]);
    const second = runs.begin();
    expect([first(), same(), second()]).toEqual([false, false, true]);
    runs.cancel();
    expect(second()).toBe(false);
    expect(runs.current()()).toBe(true);
  });
});

describe('unlessAborted', () => {
  it('settles as the work does, or as soon as the signal fires', async () => {
    const stop = new AbortController();
    expect(await unlessAborted(Promise.resolve(3), stop.signal, 'test')).toBe(3);
    expect(await unlessAborted(undefined, stop.signal, 'test')).toBe(undefined);
    await expect(unlessAborted(Promise.reject(new Error('no')), stop.signal, 'test')).rejects.toThrow('no');
    const never = unlessAborted(new Promise(() => {}), stop.signal, 'test');
    stop.abort();
    await expect(never).rejects.toMatchObject({ code: 'request-aborted', who: 'test' });
    await expect(unlessAborted(undefined, stop.signal, 'test')).rejects.toMatchObject({
      code: 'request-aborted',
    });
  });
});
