import { expect, it } from 'vitest';
import { TaskQueue } from './task-queue.ts';

function recorder() {
  const done: string[] = [];
  return { done, work: (name: string) => async () => void done.push(name) };
}

it('one at a time, in the order of asking, also after a failure', async () => {
  const line = new TaskQueue<string>();
  const { done, work } = recorder();
  const slow = line.add(async () => {
    done.push('slow begins');
    await new Promise((resolve) => setTimeout(resolve, 5));
    done.push('slow ends');
  });
  const failing = line.add(() => Promise.reject(new Error('no')));
  const last = line.add(work('last'));
  expect(done).toEqual([]);
  await expect(failing).rejects.toThrow('no');
  await Promise.all([slow, last]);
  expect(done).toEqual(['slow begins', 'slow ends', 'last']);
});

it('a pause lets in what may come and is there; what comes meanwhile waits for the next', async () => {
  const line = new TaskQueue<'short' | 'long'>();
  const { done, work } = recorder();
  const first = line.add(async () => {
    done.push('part 1');
    await line.pause((kind) => kind === 'short');
    done.push('part 2');
  });
  const long = line.add(work('long'), 'long');
  line.add(async () => {
    done.push('short 1');
    line.add(work('short 3'), 'short');
  }, 'short');
  line.add(work('short 2'), 'short');
  await Promise.all([first, long]);
  await line.add(work('end'));
  expect(done).toEqual(['part 1', 'short 1', 'short 2', 'part 2', 'long', 'short 3', 'end']);
});
