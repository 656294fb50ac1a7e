import { expect, it } from 'vitest';
import { TaskQueue } from './task-queue.ts';

function recorder() {
  const done: string[] = [];
  return { done, work: (name: string) => async () => void done.push(name) };
}

it('runs tasks one at a time, in the order of calls, also after a failure', async () => {
  const queue = new TaskQueue<string>();
  const { done, work } = recorder();
  const slow = queue.add(async () => {
    done.push('slow begins');
    await new Promise((resolve) => setTimeout(resolve, 5));
    done.push('slow ends');
  });
  const failing = queue.add(() => Promise.reject(new Error('no')));
  const last = queue.add(work('last'));
  expect(done).toEqual([]);
  await expect(failing).rejects.toThrow('no');
  await Promise.all([slow, last]);
  expect(done).toEqual(['slow begins', 'slow ends', 'last']);
});

it('a pause runs allowed waiting tasks; tasks added meanwhile wait for the next pause', async () => {
  const queue = new TaskQueue<'short' | 'long'>();
  const { done, work } = recorder();
  const first = queue.add(async () => {
    done.push('part 1');
    await queue.pause((kind) => kind === 'short');
    done.push('part 2');
  });
  const long = queue.add(work('long'), 'long');
  queue.add(async () => {
    done.push('short 1');
    queue.add(work('short 3'), 'short');
  }, 'short');
  queue.add(work('short 2'), 'short');
  await Promise.all([first, long]);
  await queue.add(work('end'));
  expect(done).toEqual(['part 1', 'short 1', 'short 2', 'part 2', 'long', 'short 3', 'end']);
});
