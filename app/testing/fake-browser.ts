/**
 * For unit tests: the `browser` that a test lays down, part by part, in the place of the real one.
 *
 *     vi.mock('wxt/browser', () => import('./fake-browser.ts'));
 */
export const fake: { value: Record<string, unknown> } = { value: {} };

export const browser = new Proxy({}, { get: (_, name: string) => fake.value[name] });

export type Listener = (...given: never[]) => unknown;

/** One of the browser's events; `emit` brings it about. */
export function fakeEvent() {
  const listeners = new Set<Listener>();
  return {
    addListener: (listener: Listener) => void listeners.add(listener),
    removeListener: (listener: Listener) => void listeners.delete(listener),
    emit: (...given: unknown[]): unknown =>
      Promise.all([...listeners].map((listener) => listener(...(given as never[])))),
  };
}
