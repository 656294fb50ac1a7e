import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fake } from '../../testing/fake-browser.ts';

vi.mock('wxt/browser', () => import('../../testing/fake-browser.ts'));
const { askPage } = await import('./ask-page.ts');

let answer: () => Promise<unknown>;
let inject: () => Promise<unknown>;

beforeEach(() => {
  vi.useFakeTimers();
  answer = () => new Promise(() => {});
  inject = async () => [];
  fake.value = { scripting: { executeScript: () => inject() }, tabs: { sendMessage: () => answer() } };
});
afterEach(() => {
  vi.useRealTimers();
});

it('a page that is not read within a minute is refused by name', async () => {
  const ended = vi.fn();
  const asked = askPage(1, 'extract', {}).catch(ended);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1000);
  await asked;
  expect(ended).toHaveBeenCalledWith(expect.objectContaining({ code: 'page-slow', expected: 'within 60 s' }));
});

it.each([
  ['Cannot access contents of the page. Extension manifest must request permission.', 'page-uncalled'],
  ['This page cannot be scripted due to an ExtensionsSettings policy.', 'page-restricted'],
])('what the browser says of a page that no script may enter has a code: %s', async (said, code) => {
  inject = async () => {
    throw new Error(said);
  };
  await expect(askPage(1, 'extract', {})).rejects.toMatchObject({ code, message: expect.any(String) });
});

it('an error that the page made up is refused', async () => {
  answer = async () => ({ error: { code: 'no such code', message: 5 } });
  await expect(askPage(1, 'extract', {})).rejects.toMatchObject({ code: 'request-invalid' });
});
