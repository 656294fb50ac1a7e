import { afterEach, expect, test, vi } from 'vitest';
import { render, settled } from '../../testing/render.ts';
import { glossaryEntry, settings, wireError } from '../../testing/builders.ts';
import { RecordingClient } from '../../testing/recording-client.ts';
import { ownName, t } from '../../i18n/index.ts';
import type { GlossaryEntry } from '../../protocol/types.ts';
import { saveFile } from '../files/save-file.ts';
import { GlossaryController } from './glossary-controller.ts';
import { GlossaryPage } from './glossary-page.tsx';

vi.mock('../files/save-file.ts', { spy: true });
vi.mocked(saveFile).mockImplementation(() => {});
afterEach(() => void vi.mocked(saveFile).mockClear());

const gate = glossaryEntry({ term: 'gate', translation: 'Tor' });

function page(entries?: readonly GlossaryEntry[]) {
  const client = new RecordingClient();
  const controller = new GlossaryController(client);
  client.emit({ kind: 'settings', settings: settings({ language: 'de' }) });
  if (entries !== undefined) client.emit({ kind: 'glossary', entries });
  const screen = render(<GlossaryPage controller={controller} />);
  const field = (key: 'glossary-term' | 'glossary-translation') =>
    screen.all('textbox', t(key)).at(-1) as HTMLInputElement;
  return { client, controller, screen, field };
}

test('an entry is added into the language of the settings, and the next one can be typed at once', async () => {
  const { client, screen, field } = page([]);
  const add = screen.get('button', t('glossary-add')) as HTMLButtonElement;
  expect([add.disabled, screen.queryText(t('glossary-none')) !== undefined]).toEqual([true, true]);
  await screen.fill(field('glossary-term'), ' gate ');
  expect(add.disabled).toBe(true);
  await screen.fill(field('glossary-translation'), ' Tor ');
  await screen.click(add);
  expect(client.sent('put-terms')[0]!.entries[0]).toMatchObject({
    to: 'de',
    term: 'gate',
    translation: 'Tor',
  });
  expect(document.activeElement).toBe(field('glossary-term'));
  expect([field('glossary-term').value, field('glossary-translation').value]).toEqual(['', '']);
});

test('chosen languages stay for the next entry, even if the settings change', async () => {
  const { client, screen } = page([]);
  const to = screen.get('combobox', new RegExp(t('translate-into'))) as HTMLSelectElement;
  await screen.choose(to, ownName('fr'));
  await settled(() => client.emit({ kind: 'settings', settings: settings({ language: 'ja' }) }));
  expect(to.value).toBe('fr');
});

test('an empty field has no dir attribute, so that its cursor follows the direction of the page', async () => {
  const { screen, field } = page([]);
  expect(field('glossary-term').hasAttribute('dir')).toBe(false);
  await screen.fill(field('glossary-term'), 'gate');
  expect(field('glossary-term').getAttribute('dir')).toBe('auto');
});

test('nothing is listed before the entries are known', () => {
  const { screen } = page();
  expect(screen.query('button', t('glossary-export'))).toBeUndefined();
  expect(screen.get('button', t('glossary-add'))).toBeDefined();
});

test('an entry is edited in place, a language outside of the list included', async () => {
  const { client, screen, field } = page([{ ...gate, to: 'gsw' }]);
  await screen.click(screen.get('button', t('glossary-edit', { term: 'gate' })));
  const save = screen.get('button', t('glossary-save'));
  const [, to] = [...save.closest('form')!.querySelectorAll('select')];
  expect(to!.value).toBe('gsw');
  await screen.fill(field('glossary-term'), 'portal');
  await screen.click(save);
  expect(client.requests.map(([kind]) => kind)).toEqual(['put-terms', 'remove-terms']);
  expect(screen.query('button', t('glossary-save'))).toBeUndefined();
});

test('editing can be cancelled', async () => {
  const { client, screen } = page([gate]);
  await screen.click(screen.get('button', t('glossary-edit', { term: 'gate' })));
  await screen.click(screen.get('button', t('cancel')));
  expect(client.requests).toEqual([]);
  expect(screen.get('button', t('glossary-edit', { term: 'gate' }))).toBeDefined();
});

test('a removal is announced and can be undone', async () => {
  const { client, screen } = page([gate]);
  await screen.click(screen.get('button', t('glossary-remove', { term: 'gate' })));
  expect(screen.get('status').textContent).toContain(t('glossary-removed', { term: 'gate' }));
  await screen.click(screen.get('button', t('undo')));
  expect(client.requests.map(([kind]) => kind)).toEqual(['remove-terms', 'put-terms']);
  expect(screen.query('button', t('undo'))).toBeUndefined();
});

test('words have the languages of their entry, and a long term stays whole', () => {
  const term = 'a very long term '.repeat(10).trim();
  const { screen } = page([{ ...gate, term }]);
  expect(screen.getText(term).getAttribute('lang')).toBe('en');
  expect(screen.getText('Tor').getAttribute('lang')).toBe('de');
});

test('a file is imported, and all entries are exported', async () => {
  const { controller, screen } = page([gate]);
  const importFile = vi.spyOn(controller, 'importFile').mockResolvedValue();
  const input = screen.root.querySelector<HTMLInputElement>('input[type="file"]')!;
  const file = new File(['en,de,gate,Tor'], 'terms.csv');
  Object.defineProperty(input, 'files', { value: [file] });
  await settled(() => void input.dispatchEvent(new Event('change')));
  expect(importFile.mock.calls).toEqual([[file]]);
  await screen.click(screen.get('button', t('glossary-export')));
  expect(vi.mocked(saveFile).mock.calls).toEqual([['linnet-glossary.csv', 'text/csv', controller.csv()]]);
});

test('an empty glossary has nothing to export, and an error is shown', async () => {
  const { controller, screen } = page([]);
  expect((screen.get('button', t('glossary-export')) as HTMLButtonElement).disabled).toBe(true);
  await settled(() => {
    controller.failure.value = wireError({ code: 'store-full' });
  });
  expect(screen.get('alert').textContent).toContain(t('error-store-full'));
});
