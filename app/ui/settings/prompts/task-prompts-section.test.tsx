import { expect, test, vi } from 'vitest';
import { render } from '../../../testing/render.ts';
import { t } from '../../../i18n/index.ts';
import type { TaskPrompts } from '../../../protocol/task-prompts.ts';
import type { TaskName } from '../../../protocol/types.ts';
import { TaskPromptsSection } from './task-prompts-section.tsx';

const prompts: TaskPrompts = {
  profile: 'instruct',
  model: 'SmolLM2',
  prompts: [
    { task: 'headline.short', text: 'Write a headline.' },
    { task: 'notes', text: 'My words.', original: 'List the facts.' },
    { task: 'translation', text: 'Translate into {language}.', place: '{language}' },
  ],
};
const headline = t('summary-of', { type: t('type-headline'), length: t('length-short') });

function section(change: Partial<TaskPrompts> = {}) {
  const onChange = vi.fn<(task: TaskName, text: string | undefined) => Promise<boolean>>(async () => true);
  const screen = render(<TaskPromptsSection prompts={{ ...prompts, ...change }} onChange={onChange} />);
  // What is in a closed list has no roles.
  for (const list of document.querySelectorAll('details')) list.open = true;
  return { screen, onChange, save: () => screen.get('button', t('save')) as HTMLButtonElement };
}

test('each prompt is shown with its task, and the model that it is for', () => {
  const { screen } = section();
  for (const text of ['SmolLM2', headline, 'Write a headline.', 'My words.'])
    expect(screen.text()).toContain(text);
  expect(screen.text()).not.toContain(t('task-prompts-trained'));
  expect(section({ trained: true }).screen.text()).toContain(t('task-prompts-trained'));
});

test('a prompt is changed', async () => {
  const { screen, onChange, save } = section();
  await screen.click(screen.get('button', t('task-prompt-edit', { name: headline })));
  await screen.fill(screen.get('textbox'), '  Name the news. ');
  await screen.click(save());
  expect(onChange.mock.calls).toEqual([['headline.short', 'Name the news.']]);
  expect(screen.query('textbox')).toBeUndefined();
});

test('a prompt without the place that it needs is not saved', async () => {
  const { screen, save } = section();
  await screen.click(screen.get('button', t('task-prompt-edit', { name: t('task-translation') })));
  expect(screen.query('alert')).toBeUndefined();
  await screen.fill(screen.get('textbox'), 'Translate it.');
  expect(screen.get('alert').textContent).toContain('{language}');
  expect(save().disabled).toBe(true);
  await screen.click(screen.get('button', t('cancel')));
  expect(screen.query('textbox')).toBeUndefined();
});

test('only a changed prompt goes back to its original', async () => {
  const { screen, onChange } = section();
  expect(screen.query('button', t('task-prompt-reset', { name: headline }))).toBeUndefined();
  await screen.click(screen.get('button', t('task-prompt-reset', { name: t('task-notes') })));
  expect(onChange.mock.calls).toEqual([['notes', undefined]]);
});
