import { expect, test } from 'vitest';
import { render } from '../../testing/render.ts';
import { storedModel } from '../../testing/builders.ts';
import { modelsPage } from '../../testing/model-builders.ts';
import { t } from '../../i18n/index.ts';
import { TasksSection } from './tasks-section.tsx';

const stored = [storedModel({ id: 'a', name: 'Finch' }), storedModel({ id: 'b', name: 'Wren' })];

test('there is no choice with one model', async () => {
  const { controller } = await modelsPage();
  expect(render(<TasksSection controller={controller} />).text()).toBe('');
});

test('a task gets its own model, and returns to the common one', async () => {
  const { client, controller } = await modelsPage({
    models: { stored },
    settings: { models: { chat: 'b' } },
  });
  const screen = render(<TasksSection controller={controller} />);
  const list = (task: 'summary' | 'chat') =>
    screen.get('combobox', new RegExp(t(`tasks-${task}`))) as HTMLSelectElement;
  expect([list('summary').value, list('chat').value]).toEqual(['', 'b']);
  await screen.choose(list('summary'), 'Finch');
  await screen.choose(list('chat'), t('tasks-same'));
  expect(client.sent('set-settings').map(({ settings }) => settings.models)).toEqual([
    { chat: 'b', summary: 'a' },
    { summary: 'a' },
  ]);
});

test('a model that was deleted is not chosen any more', async () => {
  const { controller } = await modelsPage({ models: { stored }, settings: { models: { chat: 'gone' } } });
  const screen = render(<TasksSection controller={controller} />);
  expect((screen.get('combobox', new RegExp(t('tasks-chat'))) as HTMLSelectElement).value).toBe('');
});
