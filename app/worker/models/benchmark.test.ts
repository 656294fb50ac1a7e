import { expect, it } from 'vitest';
import type { GenerateRequest, LoadedModel } from '../../../engine/index.ts';
import { benchmark } from './benchmark.ts';

/** A model that writes nothing after a prompt of more than `patience` words, as if the time was over. */
function modelOf(patience: number): LoadedModel {
  const words = (text: string) => text.split(' ').filter(Boolean).length;
  const textOf = ({ prompt }: GenerateRequest) => (prompt.kind === 'text' ? prompt.text : '');
  return {
    facts: { capacity: 4096, activations: 'f16' },
    countTokens: ({ text }: { text: string }) => words(text),
    generate: async (request: GenerateRequest) => ({
      ids: words(textOf(request)) > patience ? [] : [1, 2, 3],
      timings: {
        prefillTokensPerSecond: words(textOf(request)),
        decodeTokensPerSecond: words(textOf(request)) > patience ? 0 : 5,
        timeToFirstTokenMs: 1,
      },
      counters: {},
    }),
  } as unknown as LoadedModel;
}

it.each([
  ['a device that reads the prompt in time', 10_000],
  ['one that does not', 50],
])('measures reading by the long prompt, and writing in any case: %s', async (_, patience) => {
  const { signal } = new AbortController();
  const measured = await benchmark(modelOf(patience), () => 7, signal);
  expect(measured?.prefillTokensPerSecond).toBeGreaterThan(200);
  expect(measured?.decodeTokensPerSecond).toBe(5);
});
