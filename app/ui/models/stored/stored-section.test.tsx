import { packagedTraits } from '../../../protocol/model-traits.ts';
import { expect, test } from 'vitest';
import { render, settled } from '../../../testing/render.ts';
import { models, storedModel } from '../../../testing/builders.ts';
import { adapter, modelsPage } from '../../../testing/model-builders.ts';
import { t } from '../../../i18n/index.ts';
import { StoredSection } from './stored-section.tsx';

const finch = storedModel({ id: 'a', name: 'Finch', bytes: 5e8, contextLength: 4096 });
const wren = storedModel({ id: 'b', name: 'Wren' });

async function section(stored = [finch, wren], more = {}) {
  const page = await modelsPage({
    models: { active: { kind: 'none' }, chosen: 'a', stored, ...more },
  });
  const screen = render(<StoredSection controller={page.controller} />);
  const card = (name: string) => screen.get('heading', name).closest('li')!;
  return { ...page, screen, card };
}

test('it says that it connects, then that there is no model', async () => {
  const { client, controller, screen } = await section();
  await settled(() => {
    controller.worker.models.value = undefined;
  });
  expect(screen.text()).toBe(t('model-connecting'));
  await settled(() =>
    client.emit({ kind: 'models', models: models({ active: { kind: 'none' }, stored: [] }) }),
  );
  expect(screen.queryText(t('stored-none'))).toBeDefined();
});

test('a card has the name, size, format and marks of its model', async () => {
  const demo = storedModel({
    id: 'd',
    name: 'Demo with a very long name that does not fit on one line of the card at all',
    weights: 'f16',
    traits: packagedTraits,
    hashed: true,
    hasChatTemplate: false,
  });
  const { card } = await section([finch, demo], {
    active: { kind: 'ready', model: demo, adapter: adapter() },
  });
  expect(card('Finch').textContent).toContain(
    t('model-facts', { size: '500 MB', weights: t('weights-packed', { n: 4 }), context: 4096 }),
  );
  expect(card('Finch').textContent).toContain(t('in-use'));
  expect(card('Finch').textContent).not.toContain(t('loaded'));
  const text = card(demo.name).textContent!;
  const marks = ['model-demo', 'model-demo-hint', 'model-hashed', 'no-template', 'loaded'] as const;
  for (const key of marks) expect(text).toContain(t(key));
  expect(text).toContain(t('weights-full', { n: 16 }));
  expect(text).not.toContain(t('in-use'));
});

test('the model in use has no button to use it; another one waits for the answer', async () => {
  const { client, screen, card } = await section();
  expect(screen.all('button', t('use'))).toHaveLength(1);
  const answer = client.hold('use-model');
  await screen.click(screen.get('button', t('use')));
  expect(client.sent('use-model')).toEqual([{ id: 'b' }]);
  expect(card('Wren').querySelector('[aria-busy="true"]')).not.toBeNull();
  expect(card('Wren').textContent).toContain(t('wait-answer'));
  expect((screen.get('button', t('use')) as HTMLButtonElement).disabled).toBe(true);
  await settled(() => answer(null));
  expect(card('Wren').textContent).not.toContain(t('wait-answer'));
});

test('a model is verified, and the result is announced', async () => {
  const { client, screen, card } = await section();
  const answer = client.hold('verify-model');
  await screen.click(screen.get('button', t('verify-named', { name: 'Finch' })));
  expect(card('Finch').textContent).toContain(t('verify-running'));
  await settled(() => answer({ bytes: 5e8 }));
  expect(card('Finch').textContent).toContain(t('verify-good', { size: '500 MB' }));
  expect(card('Finch').querySelector('[role="status"]')).not.toBeNull();
  client.refuse('verify-model', 'store-damaged');
  await screen.click(screen.get('button', t('verify-named', { name: 'Wren' })));
  expect(card('Wren').querySelector('[role="alert"]')!.textContent).toContain(t('error-store-damaged'));
});

test('a model is deleted only after a confirmation, with the focus on the safe answer', async () => {
  const { client, screen, card } = await section([finch]);
  await screen.click(screen.get('button', t('delete')));
  const dialog = screen.get('alertdialog', t('delete-confirm', { name: 'Finch' }));
  expect(dialog.textContent).toContain('500 MB');
  expect(document.activeElement).toBe(screen.get('button', t('keep')));
  await screen.press('Enter');
  expect([screen.query('alertdialog'), client.sent('delete-model')]).toEqual([undefined, []]);
  await screen.click(screen.get('button', t('delete')));
  const answer = client.hold('delete-model');
  await screen.click(screen.get('button', t('delete')));
  expect(client.sent('delete-model')).toEqual([{ id: 'a' }]);
  expect(card('Finch').textContent).toContain(t('deleting'));
  expect(screen.all('button').every((button) => (button as HTMLButtonElement).disabled)).toBe(true);
  await settled(() => answer(null));
  expect(card('Finch').textContent).not.toContain(t('deleting'));
});

test('the storage meter is shown if the browser reports a quota', async () => {
  const { screen, client } = await section();
  expect(screen.root.querySelector('figure.meter')).not.toBeNull();
  await settled(() => client.emit({ kind: 'models', models: models({ storage: { usage: 0, quota: 0 } }) }));
  expect(screen.root.querySelector('figure.meter')).toBeNull();
});

test('a model that finds passages says so, and is used beside the one that answers', async () => {
  const search = storedModel({
    id: 's',
    name: 'MiniLM',
    hasChatTemplate: false,
    dialogue: { own: 'absent', endless: true },
    embeds: { width: 384, maxTokens: 256 },
  });
  const { card, client } = await section([finch, search, { ...search, id: 's2', name: 'Other' }], {
    embedder: 's',
  });
  const text = card('MiniLM').textContent!;
  expect(text).toContain(t('model-search'));
  expect(text).toContain(t('model-search-hint'));
  expect(text).not.toContain(t('no-template'));
  const buttons = (name: string) => [...card(name).querySelectorAll('button')];
  const texts = (name: string) => buttons(name).map((button) => button.textContent);
  expect(text).toContain(t('in-use'));
  expect(texts('MiniLM')).not.toContain(t('use'));
  expect(texts('MiniLM')).toContain(t('delete'));
  expect(card('Other').textContent).not.toContain(t('in-use'));
  await settled(() =>
    buttons('Other')
      .find(({ textContent }) => textContent === t('use'))!
      .click(),
  );
  expect(client.sent('use-model')).toEqual([{ id: 's2' }]);
});
