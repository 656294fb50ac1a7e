import { afterEach, expect, test, vi } from 'vitest';
import { render, settled } from '../../testing/render.ts';
import { RecordingClient } from '../../testing/recording-client.ts';
import { t } from '../../i18n/index.ts';
import type { KeptWord } from '../../protocol/page/words.ts';
import { saveFile } from '../files/save-file.ts';
import { wordsAnki, wordsCsv } from './word-files.ts';
import { WordsController } from './words-controller.ts';
import { WordsPage } from './words-page.tsx';

vi.mock('../files/save-file.ts', { spy: true });
vi.mocked(saveFile).mockImplementation(() => {});
afterEach(() => void vi.mocked(saveFile).mockClear());

const bank: KeptWord = {
  word: 'bank',
  translation: 'Ufer',
  wordClass: 'noun',
  sense: 'der Rand eines Flusses',
  sentence: 'She sat on the\tbank, "there".',
  from: 'en',
  to: 'de',
  url: 'https://example.org/river',
  keptAt: Date.UTC(2026, 0, 2),
};
const gate: KeptWord = { word: '#gate', translation: '=Tor', to: 'de', keptAt: Date.UTC(2026, 0, 1) };

function page(words: readonly KeptWord[] = [bank, gate]) {
  const client = new RecordingClient();
  const controller = new WordsController(client);
  const screen = render(<WordsPage controller={controller} />);
  const open = () => settled(() => client.emit({ kind: 'words', words }));
  return { client, controller, screen, open };
}

test('words are listed with what is known of them, and found by any of it', async () => {
  const { screen, open } = page();
  await open();
  expect(screen.all('listitem')).toHaveLength(2);
  for (const part of ['Ufer', t('word-class-noun'), 'der Rand eines Flusses', 'example.org'])
    screen.getText(part);
  await screen.fill(screen.get('searchbox') as HTMLInputElement, 'FLUSS ufer');
  expect(screen.all('listitem')).toHaveLength(1);
  await screen.fill(screen.get('searchbox') as HTMLInputElement, 'nothing');
  screen.getText(t('words-found-none'));
});

test('a word is removed and brought back', async () => {
  const { client, screen, open } = page();
  await open();
  await screen.click(screen.get('button', t('words-remove', { word: 'bank' })));
  expect(client.sent('remove-words')).toEqual([{ words: [bank] }]);
  screen.getText(t('words-removed', { word: 'bank' }));
  await screen.click(screen.get('button', t('undo')));
  expect(client.sent('put-words')).toEqual([{ words: [bank] }]);
  expect(screen.all('button', t('undo'))).toEqual([]);
});

test('an empty list says how words come here, and has nothing to export', async () => {
  const { screen, open } = page([]);
  await open();
  screen.getText(t('words-none'));
  expect(screen.all('button')).toEqual([]);
});

test('both files have all words', async () => {
  const { screen, open } = page();
  await open();
  await screen.click(screen.get('button', t('words-export-csv')));
  await screen.click(screen.get('button', t('words-export-anki')));
  expect(vi.mocked(saveFile).mock.calls.map(([name]) => name)).toEqual([
    'linnet-words.csv',
    'linnet-words.txt',
  ]);
});

test('CSV quotes, and evaluates nothing', () => {
  const [head, first, second] = wordsCsv([bank, gate]).split('\r\n');
  expect(head).toBe('word,translation,wordClass,sense,sentence,from,to,url,keptAt');
  expect(first).toContain('"She sat on the\tbank, ""there""."');
  expect(second).toContain("'=Tor");
});

test('the file for Anki has one line for each word, and no field breaks it', () => {
  const lines = wordsAnki([bank, gate]).trimEnd().split('\n');
  expect(lines.slice(0, 3)).toEqual([
    '#separator:tab',
    '#html:false',
    '#columns:Front\tBack\tSentence\tSource',
  ]);
  expect(lines[3]!.split('\t')).toEqual([
    'bank',
    `Ufer (${t('word-class-noun')}) – der Rand eines Flusses`,
    'She sat on the bank, "there".',
    'https://example.org/river',
  ]);
  // Else a comment.
  expect(lines[4]!.startsWith('gate\t=Tor')).toBe(true);
});
