/**
 * For unit tests: replaces the real `browser` by the parts that a test sets in `fake.value`.
 *
 *     vi.mock('wxt/browser', () => import('./fake-browser.ts'));
 */
export const fake: { value: Record<string, unknown> } = { value: {} };

export const browser = new Proxy({}, { get: (_, name: string) => fake.value[name] });

export type Listener = (...given: never[]) => unknown;

/** A fake event of the browser; `emit` calls its listeners. */
export function fakeEvent() {
  const listeners = new Set<Listener>();
  return {
    addListener: (listener: Listener) => void listeners.add(listener),
    removeListener: (listener: Listener) => void listeners.delete(listener),
    emit: (...given: unknown[]): unknown =>
      Promise.all([...listeners].map((listener) => listener(...(given as never[])))),
  };
}
