import { render } from '../../testing/render.ts';
import { useState } from 'preact/hooks';
import { describe, expect, it, vi } from 'vitest';
import { keepFocus } from './keep-focus.ts';
import { onEscape, useFocus } from './use-focus.ts';

function Entries() {
  const [entries, setEntries] = useState(['Wren', 'Linnet']);
  return (
    <ul>
      {entries.map((entry) => (
        <li key={entry}>
          <button type="button" onClick={() => setEntries(entries.filter((other) => other !== entry))}>
            Delete {entry}
          </button>
        </li>
      ))}
    </ul>
  );
}

describe('keeping the focus', () => {
  it('moves it to the nearest ancestor that remains when the focused element is removed', async () => {
    const screen = render(<Entries />);
    keepFocus(screen.root);
    await screen.click(screen.get('button', 'Delete Wren'));
    const list = screen.get('list');
    expect(document.activeElement).toBe(list);
    expect(list.tabIndex).toBe(-1);
    expect(list.hasAttribute('data-keeps-focus')).toBe(true);
  });

  it('leaves it alone when another element is removed', async () => {
    const screen = render(<Entries />);
    keepFocus(screen.root);
    const linnet = screen.get('button', 'Delete Linnet');
    linnet.focus();
    await screen.settled(() => void screen.get('button', 'Delete Wren').click());
    expect(document.activeElement).toBe(linnet);
  });
});

describe('a focus that the user gave up', () => {
  it('does not return when something is removed', async () => {
    const screen = render(<Entries />);
    keepFocus(screen.root);
    const linnet = screen.get('button', 'Delete Linnet');
    linnet.focus();
    linnet.blur();
    await screen.settled(() => void screen.get('button', 'Delete Wren').click());
    expect(document.activeElement === document.body).toBe(true);
  });
});

describe('a field that appears', () => {
  function Field({ onLeave }: { onLeave(): void }) {
    const field = useFocus<HTMLInputElement>();
    return (
      <form onKeyDown={onEscape(onLeave)}>
        <input aria-label="Name" ref={field} />
      </form>
    );
  }

  it('has the focus at once, and Escape leaves it without closing the popup', async () => {
    const onLeave = vi.fn();
    const screen = render(<Field onLeave={onLeave} />);
    expect(document.activeElement).toBe(screen.get('textbox', 'Name'));
    await screen.press('a');
    expect(onLeave).not.toHaveBeenCalled();
    const prevented = vi.fn((event: Event) => event.defaultPrevented);
    screen.root.addEventListener('keydown', prevented);
    await screen.press('Escape');
    expect(onLeave).toHaveBeenCalledOnce();
    expect(prevented).toHaveReturnedWith(true);
  });
});
