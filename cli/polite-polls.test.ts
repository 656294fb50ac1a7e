import { expect, test } from 'vitest';
import { politePolls } from './polite-polls.ts';

/** Timers that run what was asked for by hand, and say how it was asked for. */
function handTimers() {
  const asked: { how: 'at once' | 'later'; run: () => void }[] = [];
  let time = 0;
  const polls = politePolls({
    immediate: (run) => asked.push({ how: 'at once', run }),
    timeout: (run) => asked.push({ how: 'later', run }),
    now: () => time,
  });
  return {
    polls,
    next(ms: number) {
      time += ms;
      const { how, run } = asked.shift() as { how: string; run: () => void };
      run();
      return how;
    },
    left: () => asked.length,
  };
}

test('a short wait is polled at once, a longer one with pauses', () => {
  const timers = handTimers();
  const poll = () => timers.polls(poll);
  timers.polls(poll);
  expect(timers.next(0.1)).toBe('at once');
  expect(timers.next(0.1)).toBe('at once');
  expect(timers.next(0.2)).toBe('at once');
  expect(timers.next(1)).toBe('later');
  expect(timers.next(1)).toBe('later');
});

test('a wait after another one is polled at once again', () => {
  const timers = handTimers();
  let pending = 3;
  const poll = () => {
    pending--;
    if (pending > 0) timers.polls(poll);
  };
  timers.polls(poll);
  timers.next(1);
  expect(timers.next(1)).toBe('later');
  timers.next(1);
  expect(timers.left()).toBe(0);
  timers.polls(poll);
  expect(timers.next(0)).toBe('at once');
});
