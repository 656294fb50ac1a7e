import { render } from '../../../testing/render.ts';
import { expect, it, vi } from 'vitest';
import { answersReady, loadMarkdown, Prose } from './prose.tsx';

it('an answer is text where the parser cannot be loaded, until the next answer loads it', async () => {
  vi.doMock('./markdown.tsx', () => {
    throw new TypeError('Failed to fetch dynamically imported module');
  });
  const first = render(<Prose text="It **sings**." />);
  expect(answersReady.value).toBe(false);
  await vi.waitFor(() => expect(answersReady.value).toBe(true));
  expect(first.text()).toBe('It **sings**.');
  vi.doUnmock('./markdown.tsx');
  const second = render(<Prose text="It *flies*." />);
  await first.settled(loadMarkdown);
  expect([first.text(), second.text()]).toEqual(['It sings.', 'It flies.']);
});
