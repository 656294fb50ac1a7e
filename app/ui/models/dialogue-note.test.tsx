import { expect, test } from 'vitest';
import type { DialogueReport } from '../../../engine/index.ts';
import { t } from '../../i18n/index.ts';
import { render } from '../../testing/render.ts';
import { DialogueNote } from './dialogue-note.tsx';

const format = 'ChatML';
const shown = (dialogue: DialogueReport | undefined) => render(<DialogueNote dialogue={dialogue} />);

test.each<[DialogueReport | undefined, string, 'warning' | 'remark' | 'nothing']>([
  [undefined, '', 'nothing'],
  [{ own: 'rendered' }, '', 'nothing'],
  [{ own: 'absent' }, '', 'nothing'],
  [{ own: 'rendered', without: ['system'] }, t('dialogue-system'), 'remark'],
  [{ own: 'absent', standIn: format }, t('dialogue-absent', { format }), 'remark'],
  [{ own: 'rendered', without: ['earlier'] }, t('dialogue-earlier'), 'warning'],
  [{ own: 'rendered', endless: true }, t('dialogue-endless'), 'warning'],
  [{ own: 'refused' }, t('dialogue-refused'), 'warning'],
  [{ own: 'failed' }, t('dialogue-failed-alone'), 'warning'],
  [{ own: 'failed', standIn: format }, t('dialogue-failed', { format }), 'warning'],
])('%j', (dialogue, text, kind) => {
  const screen = shown(dialogue);
  expect(screen.text()).toBe(text);
  expect(screen.root.querySelector('.caution') !== null).toBe(kind === 'warning');
});

test('the words of the interpreter and the place are among the details', () => {
  const near = '{{ x | xmlattr }}';
  const problem = 'Unknown filter: xmlattr';
  const screen = shown({ own: 'failed', standIn: format, problem, line: 12, near });
  const details = screen.root.querySelector('details');
  expect(details?.textContent).toContain(problem);
  expect(details?.textContent).toContain(t('dialogue-line', { line: 12 }));
  expect(details?.querySelector('code')?.textContent).toBe(near);
});
