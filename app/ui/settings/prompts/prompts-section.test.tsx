import { useState } from 'preact/hooks';
import { expect, test, vi } from 'vitest';
import { render } from '../../../testing/render.ts';
import { t } from '../../../i18n/index.ts';
import type { SavedPrompt } from '../../../protocol/types.ts';
import { PromptsSection } from './prompts-section.tsx';

const song: SavedPrompt = { name: 'song', text: 'What does it sing?' };
const nest: SavedPrompt = { name: 'nest', text: 'Where does it nest?' };

function section(initial: readonly SavedPrompt[]) {
  const onChange = vi.fn<(prompts: readonly SavedPrompt[]) => void>();
  function Page() {
    const [prompts, setPrompts] = useState(initial);
    const change = (next: readonly SavedPrompt[]) => {
      onChange(next);
      setPrompts(next);
    };
    return <PromptsSection prompts={prompts} onChange={change} />;
  }
  const screen = render(<Page />);
  return {
    screen,
    saved: () => onChange.mock.lastCall?.[0],
    save: () => screen.get('button', t('save')) as HTMLButtonElement,
    name: () => screen.get('textbox', new RegExp(t('prompt-name'))),
    text: () => screen.get('textbox', new RegExp(t('prompt-text'))),
  };
}

test('a prompt is added: its name has the focus, and both fields are needed', async () => {
  const { screen, saved, save, name, text } = section([]);
  await screen.click(screen.get('button', t('prompt-add')));
  expect(document.activeElement).toBe(name());
  expect(save().disabled).toBe(true);
  await screen.type(name(), 'song');
  expect(save().disabled).toBe(true);
  await screen.fill(text(), '  What does it sing?  ');
  await screen.click(save());
  expect(saved()).toEqual([song]);
  expect(screen.query('button', t('save'))).toBeUndefined();
});

test('a name that another prompt has is refused, in any case of letters', async () => {
  const { screen, save, name, text } = section([song]);
  await screen.click(screen.get('button', t('prompt-add')));
  await screen.fill(text(), 'x');
  await screen.fill(name(), 'SONG');
  expect(screen.get('alert').textContent).toContain(t('prompt-taken', { name: 'SONG' }));
  expect(save().disabled).toBe(true);
  await screen.fill(name(), 'songs');
  expect([screen.query('alert'), save().disabled]).toEqual([undefined, false]);
});

test('a prompt is edited in its place and may keep its name', async () => {
  const { screen, saved, save, name, text } = section([song, nest]);
  await screen.click(screen.get('button', t('prompt-edit', { name: 'song' })));
  expect((name() as HTMLInputElement).value).toBe('song');
  expect(screen.query('alert')).toBeUndefined();
  await screen.fill(text(), 'Does it sing?');
  await screen.click(save());
  expect(saved()).toEqual([{ name: 'song', text: 'Does it sing?' }, nest]);
});

test('editing can be cancelled', async () => {
  const { screen, saved } = section([song]);
  await screen.click(screen.get('button', t('prompt-edit', { name: 'song' })));
  await screen.click(screen.get('button', t('cancel')));
  expect([saved(), screen.query('button', t('save'))]).toEqual([undefined, undefined]);
});

test('a deleted prompt is restored where it was', async () => {
  const { screen, saved } = section([song, nest]);
  await screen.click(screen.get('button', t('prompt-delete', { name: 'song' })));
  expect(saved()).toEqual([nest]);
  expect(screen.get('status').textContent).toContain(t('prompt-deleted', { name: 'song' }));
  await screen.click(screen.get('button', t('undo')));
  expect(saved()).toEqual([song, nest]);
  expect(screen.query('button', t('undo'))).toBeUndefined();
});

test('a deletion cannot be undone once another prompt has the name', async () => {
  const { screen, save, name, text } = section([song]);
  await screen.click(screen.get('button', t('prompt-delete', { name: 'song' })));
  await screen.click(screen.get('button', t('prompt-add')));
  await screen.fill(name(), 'Song');
  await screen.fill(text(), 'x');
  await screen.click(save());
  expect(screen.query('button', t('undo'))).toBeUndefined();
});
