import { expect, test } from 'vitest';
import type { ModelChoice } from '../../../../engine/index.ts';
import { render } from '../../../testing/render.ts';
import { fire } from '../../../testing/window-events.ts';
import { modelPreview, modelsPage } from '../../../testing/model-builders.ts';
import { wireError } from '../../../testing/builders.ts';
import { fromWire } from '../../../protocol/errors.ts';
import { t } from '../../../i18n/index.ts';
import { ImportSection } from './import-section.tsx';

const choice = (label: string, bytes: number, change: Partial<ModelChoice> = {}): ModelChoice => ({
  label,
  address: `https://huggingface.co/birds/wren/resolve/main/wren-${label}.gguf`,
  format: 'gguf',
  quantisation: label,
  bytes,
  storedBytes: 1e9,
  readable: true,
  files: 1,
  ...change,
});

async function lookedUp(choices: readonly ModelChoice[]) {
  const page = await modelsPage();
  await page.controller.open();
  page.client.answer('find-models', () => ({ repository: 'birds/wren', choices }));
  page.client.answer('preview-import', () => modelPreview());
  const screen = render(<ImportSection controller={page.controller} dragging={false} />);
  await screen.fill(screen.get('textbox', t('import-address')), 'hf.co/birds/wren');
  await screen.click(screen.get('button', t('own-look')));
  return { ...page, screen };
}

test('several models of a repository are shown with size and fit, the recommended one first', async () => {
  const choices = [choice('TQ1_0', 3e8, { readable: false }), choice('Q8_0', 2e9), choice('Q4_K_M', 1e9)];
  const { client, screen } = await lookedUp(choices);
  expect(client.sent('preview-import')).toEqual([]);
  const rows = [...screen.root.querySelectorAll('.choices li')].map(({ textContent }) => textContent ?? '');
  // What cannot be read comes last.
  expect(['Q4_K_M', 'Q8_0', 'TQ1_0'].map((name, i) => rows[i]?.startsWith(name))).toEqual([true, true, true]);
  expect(rows[0]).toContain(t('choice-recommended'));
  expect(rows[0]).toContain(t('fit-yes'));
  expect(rows.find((row) => row.startsWith('TQ1_0'))).toContain(t('choice-unreadable'));
  expect(screen.query('button', t('choice-use', { name: 'TQ1_0' }))).toBeUndefined();
  await screen.click(screen.get('button', t('choice-use', { name: 'Q8_0' })));
  const { address } = choices[1]!;
  expect(client.sent('preview-import')).toEqual([{ address }]);
  await screen.click(screen.get('button', t('own-download', { size: '2 GB' })));
  expect(client.sent('import-address')).toEqual([{ address, name: 'Wren' }]);
});

test('one model is looked at without a choice; none is said', async () => {
  const { client } = await lookedUp([choice('Q8_0', 2e9)]);
  expect(client.sent('preview-import')).toHaveLength(1);
  const { screen } = await lookedUp([]);
  expect(screen.queryText(t('choice-none'))).toBeDefined();
});

test('a withheld model shows its page and takes a token, which is not shown again', async () => {
  const { client, screen } = await lookedUp([choice('Q8_0', 2e9)]);
  client.answer('find-models', () => {
    throw fromWire(wireError({ code: 'source-gated', where: 'https://huggingface.co/birds/wren' }));
  });
  await screen.click(screen.get('button', t('own-look')));
  expect(screen.get('link', t('token-page')).getAttribute('href')).toBe('https://huggingface.co/birds/wren');
  const field = screen.root.querySelector<HTMLInputElement>('input[type="password"]')!;
  await screen.fill(field, ' hf_x ');
  let kept = true;
  await screen.settled(() => {
    kept = !fire(field, 'keydown', { key: 'Enter' });
  });
  expect(kept, 'the form around it is not sent').toBe(true);
  expect(client.sent('hub-token')).toEqual([{ token: 'hf_x', keep: false }]);
  expect(client.sent('find-models')).toHaveLength(3);
  expect(JSON.stringify(client.sent('find-models'))).not.toContain('hf_x');
});

test('a mirror is asked only once the person has permitted it', async () => {
  const at = 'https://hf-mirror.com/birds/wren';
  for (const permits of [false, true]) {
    const { client, controller } = await modelsPage({ permits });
    client.answer('find-models', () => null);
    client.answer('preview-import', () => modelPreview());
    const screen = render(<ImportSection controller={controller} dragging={false} />);
    await screen.fill(screen.get('textbox', t('import-address')), at);
    await screen.click(screen.get('button', t('own-look')));
    expect(client.sent('find-models')).toEqual([]);
    const host = 'hf-mirror.com';
    expect(screen.queryText(t('mirror-ask', { host }))).toBeDefined();
    await screen.click(screen.get('button', t('mirror-allow', { host })));
    expect(client.sent('find-models')).toHaveLength(permits ? 1 : 0);
    expect(screen.query('button', t('own-download', { size: '2 GB' })) !== undefined).toBe(permits);
  }
});

test('a model that a mirror withholds takes no token', async () => {
  const { client, screen } = await lookedUp([choice('Q8_0', 2e9)]);
  client.answer('find-models', () => {
    throw fromWire(wireError({ code: 'source-gated', where: 'https://modelscope.cn/models/birds/wren' }));
  });
  await screen.click(screen.get('button', t('own-look')));
  expect(screen.get('link', t('token-page'))).toBeDefined();
  expect(screen.root.querySelector('input[type="password"]')).toBeNull();
});

test('a base model is told apart by its template or its name', async () => {
  for (const change of [{ name: 'Wren-Base' }, { hasChatTemplate: false }]) {
    const { client, controller } = await modelsPage();
    client.answer('preview-import', () => modelPreview(change));
    const screen = render(<ImportSection controller={controller} dragging={false} />);
    await controller.previewAddress('birds/wren', '');
    await screen.settled();
    expect(screen.root.textContent).toContain(t('preview-base'));
  }
});
