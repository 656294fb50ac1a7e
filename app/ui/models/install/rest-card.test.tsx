import { expect, test } from 'vitest';
import { t } from '../../../i18n/index.ts';
import { modelsPage } from '../../../testing/model-builders.ts';
import { models } from '../../../testing/builders.ts';
import { render, settled } from '../../../testing/render.ts';
import { WEIGHTS } from '../../files/two-goes.ts';
import { RestCard } from './rest-card.tsx';
import { TokenNote } from './token-note.tsx';

test('files that wait name what is missing; they can be tried alone or dropped', async () => {
  const { controller } = await modelsPage();
  const screen = render(<RestCard controller={controller} />);
  expect(screen.text()).toBe('');
  const wait = (missing: readonly string[]) =>
    settled(() => {
      const files = [{ path: 'm/config.json', file: new File(['x'], 'config.json') }];
      controller.rest.value = { name: 'm', files, others: [], missing };
    });
  await wait(['tokenizer.json', WEIGHTS]);
  expect(screen.get('status').textContent).toContain('tokenizer.json');
  expect(screen.get('status').textContent).toContain(t('rest-weights'));
  expect(screen.get('status').textContent).not.toContain('m/config.json');
  await wait(Array.from({ length: 30 }, (_, i) => `part-${i}.gguf`));
  expect(screen.get('status').textContent).toContain('part-5.gguf');
  expect(screen.get('status').textContent).not.toContain('part-6.gguf');
  await screen.click(screen.get('button', t('cancel')));
  expect([controller.rest.value, screen.text()]).toEqual([undefined, '']);
});

test('a token that is kept is said, and one press removes it', async () => {
  const { client, controller } = await modelsPage();
  const screen = render(<TokenNote controller={controller} />);
  expect(screen.text()).toBe('');
  await settled(() => client.emit({ kind: 'models', models: models({ hubToken: 'memory' }) }));
  expect(screen.queryText(t('token-session'))).toBeDefined();
  await settled(() => client.emit({ kind: 'models', models: models({ hubToken: 'device' }) }));
  expect(screen.queryText(t('token-kept'))).toBeDefined();
  await screen.click(screen.get('button', t('token-remove')));
  expect(client.sent('hub-token')).toEqual([{ token: '', keep: false }]);
  await settled(() => client.emit({ kind: 'models', models: models() }));
  expect(screen.text()).toBe('');
});
