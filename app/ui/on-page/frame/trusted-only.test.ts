import { expect, test, vi } from 'vitest';
import { trustedOnly } from './trusted-only.ts';

const TYPES = ['click', 'change', 'input', 'keydown', 'pointerdown', 'pointermove', 'mousedown', 'submit'];

test('an event of a script reaches no other listener, a trusted one reaches all', () => {
  const target = new EventTarget();
  trustedOnly(target);
  for (const type of TYPES) {
    const heard = vi.fn();
    target.addEventListener(type, heard, { capture: true });
    // Every event that a test can make is a script's.
    const made = new Event(type, { cancelable: true });
    target.dispatchEvent(made);
    expect([type, heard.mock.calls.length, made.defaultPrevented]).toEqual([type, 0, true]);
    const trusted = new Event(type, { cancelable: true });
    Object.defineProperty(trusted, 'isTrusted', { value: true });
    target.dispatchEvent(trusted);
    expect([type, heard.mock.calls.length, trusted.defaultPrevented]).toEqual([type, 1, false]);
  }
});
