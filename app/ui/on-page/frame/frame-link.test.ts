import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import '../../../testing/dom.ts';
import { fake } from '../../../testing/fake-browser.ts';
import { FrameLink } from './frame-link.ts';

vi.mock('wxt/browser', () => import('../../../testing/fake-browser.ts'));

const listener = { onMessage: vi.fn(), onFailure: vi.fn() };
let sent: unknown[][];

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  sent = [];
  fake.value = { runtime: { id: 'linnet', getURL: (path: string) => `chrome-extension://session${path}` } };
});
afterEach(() => vi.useRealTimers());

function setUp() {
  const link = new FrameLink('bubble', listener);
  const contentWindow = { postMessage: (...given: unknown[]) => void sent.push(given) };
  Object.defineProperty(link.frame, 'contentWindow', { value: contentWindow });
  const load = () => link.frame.dispatchEvent(new Event('load'));
  return { link, load };
}

test('its address and the nonce that opens the channel belong together, and no two frames share them', () => {
  const first = setUp();
  const second = setUp();
  first.load();
  const [nonce, origin, ports] = sent[0]! as [string, string, MessagePort[]];
  expect(first.link.frame.src).toBe(`chrome-extension://session/on-page.html#bubble.${nonce}`);
  // For the extension's own origin only, to which the address of the session leads.
  expect([origin, ports.length, nonce.length]).toEqual(['chrome-extension://linnet', 1, 32]);
  expect(second.link.frame.src).not.toBe(first.link.frame.src);
  first.link.close();
});

test('a frame that does not answer is a failure, one that answers is not', async () => {
  const { link, load } = setUp();
  load();
  vi.advanceTimersByTime(10_000);
  expect(listener.onFailure).toHaveBeenCalledTimes(1);
  load();
  const [, , [port]] = sent[1]! as [string, string, [MessagePort]];
  vi.useRealTimers();
  const answered = new Promise((resolve) => listener.onMessage.mockImplementation(resolve));
  port.postMessage({ kind: 'ready' });
  expect(await answered).toEqual({ kind: 'ready' });
  const received = new Promise((resolve) => (port.onmessage = ({ data }) => resolve(data)));
  link.post({ kind: 'refused', early: false });
  expect(await received).toEqual({ kind: 'refused', early: false });
  link.close();
  port.close();
});

test('a frame gets nothing before it answered, also when it is loaded again', async () => {
  vi.useRealTimers();
  const { link, load } = setUp();
  const received: unknown[] = [];
  const answer = async (port: MessagePort) => {
    const answered = new Promise((resolve) => listener.onMessage.mockImplementation(resolve));
    port.onmessage = ({ data }) => received.push(data);
    port.postMessage({ kind: 'ready' });
    await answered;
  };
  for (const time of [0, 1]) {
    load();
    link.post({ kind: 'room', height: 1 });
    const [, , [port]] = sent[time]! as [string, string, [MessagePort]];
    await answer(port);
    link.post({ kind: 'room', height: 2 });
    await vi.waitFor(() => expect(received).toEqual(Array(time + 1).fill({ kind: 'room', height: 2 })));
  }
  link.close();
});

test('a frame that is loaded when the extension is gone is a failure, and no error', () => {
  const { load } = setUp();
  const gone = () => {
    throw new Error('Extension context invalidated.');
  };
  fake.value = { runtime: { getURL: gone } };
  load();
  vi.advanceTimersByTime(10_000);
  expect(listener.onFailure).toHaveBeenCalledTimes(1);
});

test('a closed link waits for nothing', () => {
  const { link, load } = setUp();
  load();
  link.close();
  vi.advanceTimersByTime(60_000);
  link.post({ kind: 'refused', early: false });
  expect(listener.onFailure).not.toHaveBeenCalled();
});
