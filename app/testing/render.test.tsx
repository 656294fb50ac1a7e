import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { expect, test, vi } from 'vitest';
import { nameOf, queries, render, settled } from './render.ts';

function Form({ onSend }: { onSend(text: string): void }) {
  const [text, setText] = useState('');
  return (
    <form
      aria-label="Question"
      onSubmit={(event) => {
        event.preventDefault();
        onSend(text);
      }}
    >
      <label>
        Words
        <input value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <button type="submit" disabled={text === ''}>
        <svg aria-hidden="true" />
        Send
      </button>
    </form>
  );
}

test('a person fills in a form and sends it by its button or by Enter', async () => {
  const onSend = vi.fn();
  const screen = render(<Form onSend={onSend} />);
  const send = screen.get('button', 'Send') as HTMLButtonElement;
  expect(screen.get('form', 'Question')).toBeDefined();
  await expect(screen.click(send)).rejects.toThrow('disabled');
  await screen.press('Enter', { in: screen.get('textbox', 'Words') });
  expect(onSend).not.toHaveBeenCalled();
  await screen.type(screen.get('textbox', 'Words'), 'Hi');
  expect(send.disabled).toBe(false);
  await screen.click(send);
  await screen.press('Enter', { in: screen.get('textbox') });
  expect(onSend.mock.calls).toEqual([['Hi'], ['Hi']]);
});

test('a listener receives events of its descendants', async () => {
  const onKeyDown = vi.fn((event: KeyboardEvent) => (event.currentTarget as Element).localName);
  const onClick = vi.fn();
  const screen = render(
    <fieldset onKeyDown={onKeyDown} onClick={onClick}>
      <button type="button">
        <b>Bold</b>
      </button>
    </fieldset>,
  );
  await screen.click(screen.getText('Bold'));
  await screen.press('a');
  expect(onClick).toHaveBeenCalledOnce();
  expect(onKeyDown).toHaveReturnedWith('fieldset');
  screen.rerender(<div />);
  expect(screen.text()).toBe('');
});

test('changes by signals, effects and settled promises are drawn', async () => {
  const count = signal(1);
  function Counter() {
    const [ready, setReady] = useState(false);
    useEffect(() => void Promise.resolve().then(() => setReady(true)), []);
    return (
      <p>
        {ready ? 'Ready' : 'Waiting'} {count}
      </p>
    );
  }
  const screen = render(<Counter />);
  await settled();
  expect(screen.text()).toBe('Ready 1');
  await settled(() => void count.value++);
  expect(screen.text()).toBe('Ready 2');
});

test('check boxes, radio buttons and lists keep their state', async () => {
  const onChange = vi.fn();
  const screen = render(
    <fieldset>
      <legend>Length</legend>
      <label>
        <input type="checkbox" onChange={({ currentTarget }) => onChange(currentTarget.checked)} />
        Start at once
      </label>
      {['short', 'long'].map((value) => (
        <label key={value}>
          <input type="radio" name="length" checked={value === 'short'} onChange={() => onChange(value)} />
          {value}
        </label>
      ))}
      <select aria-label="Kind" value="b" onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value="a">First</option>
        <option value="b">Second</option>
      </select>
    </fieldset>,
  );
  expect(nameOf(screen.get('group'))).toBe('Length');
  expect((screen.get('combobox') as HTMLSelectElement).value).toBe('b');
  await screen.click(screen.getText('Start at once'));
  await screen.click(screen.get('radio', 'long'));
  await screen.choose(screen.get('combobox', 'Kind'), 'First');
  expect(onChange.mock.calls.flat()).toEqual([true, 'long', 'a']);
  expect((screen.get('radio', 'short') as HTMLInputElement).checked).toBe(false);
});

test('the focus moves by Tab, by clicks and by code, and is lost with its element', async () => {
  const Buttons = ({ last }: { last: boolean }) => (
    <>
      <button type="button">One</button>
      <button type="button" disabled>
        Two
      </button>
      <p tabIndex={-1}>Text</p>
      {last && <button type="button">Three</button>}
    </>
  );
  const screen = render(<Buttons last={true} />);
  await screen.press('Tab');
  expect(document.activeElement).toBe(screen.get('button', 'One'));
  await screen.press('Tab');
  expect(document.activeElement).toBe(screen.get('button', 'Three'));
  await screen.press('Tab', { shift: true });
  expect(document.activeElement).toBe(screen.get('button', 'One'));
  screen.get('button', 'Three').focus();
  screen.rerender(<Buttons last={false} />);
  expect(document.activeElement).toBe(document.body);
  await screen.click(screen.getText('Text'));
  expect(document.activeElement).toBe(screen.getText('Text'));
});

test('folded and closed elements are not found', async () => {
  const screen = render(
    <>
      <details>
        <summary>More</summary>
        <p>Inside</p>
      </details>
      <div popover="auto" role="menu">
        <button type="button">Entry</button>
      </div>
    </>,
  );
  expect(screen.text()).toBe('More');
  await screen.click(screen.getText('More'));
  expect(screen.getText('Inside')).toBeDefined();
  expect(screen.query('button', 'Entry')).toBeUndefined();
  const menu = screen.root.querySelector<HTMLElement>('[popover]')!;
  menu.showPopover();
  screen.get('button', 'Entry').focus();
  await screen.press('Escape');
  expect(screen.query('menu')).toBeUndefined();
  expect(document.activeElement).toBe(screen.getText('More'));
  expect(() => queries(screen.root).get('button', 'Entry')).toThrow('There is no button');
});
