/** What is learnt of a model before and after its import: its template, what it lacks, files that come in two goes, tokens. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelServer } from '../../scripts/testing/model-server.ts';
import { assets, expect, type Page, picture, test } from '../harness/index.ts';
import { inEveryLook } from '../looks.ts';
import { ask, card, STORIES } from '../story.ts';
import { drop } from './drop.ts';

const LOOKS = [{}, { dark: true }, { phone: true }, { rtl: true }];

const stories = (): Record<string, Buffer> =>
  Object.fromEntries(
    readdirSync(assets(STORIES)).map((name) => [name, readFileSync(`${assets(STORIES)}/${name}`)] as const),
  );

/** Without any name of a token that ends an answer, and with a template that the interpreter cannot run. */
function withoutEnd(): Record<string, Buffer | string> {
  const files = stories();
  const without = (name: string, keys: readonly string[]) => {
    const parsed = JSON.parse((files[name] ?? '{}').toString()) as Record<string, unknown>;
    return JSON.stringify(Object.fromEntries(Object.entries(parsed).filter(([key]) => !keys.includes(key))));
  };
  return {
    ...files,
    'config.json': without('config.json', ['eos_token_id']),
    'generation_config.json': '{}',
    'special_tokens_map.json': '{}',
    'tokenizer_config.json': without('tokenizer_config.json', ['eos_token', 'chat_template']),
    'chat_template.jinja':
      '{{ bos_token }}\n{% for m in messages %}\n{{ m.content | xmlattr }}\n{% endfor %}',
  };
}

async function pictures(page: Page, name: string): Promise<void> {
  for (const look of LOOKS) await picture(page, name, look);
}

test('a template that cannot run and a missing end are said before the download, and stay with the model', {
  tag: ['@rare', '@phone-rare'],
}, async ({ linnet }) => {
  const hub = await new ModelServer(withoutEnd(), { cached: true, redirects: /safetensors$/ }).listen();
  const models = await linnet.open('models.html');
  await ask(models, 'set-settings', { settings: { welcomed: true } });
  await models.getByLabel('Repository or address').fill(hub.url);
  await models.getByRole('button', { name: 'Look up' }).click();
  const found = models.locator('.found');
  await expect(found).toContainText('Its chat template cannot run here');
  await expect(found).toContainText('None of its files says how an answer ends');
  await found.getByText('Details').click();
  await expect(found).toContainText('Line 3 of the template');
  await expect(found.locator('code')).toHaveText('{{ m.content | xmlattr }}');
  await found.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  await pictures(models, 'models-template-preview');
  await models.getByRole('button', { name: /^Download [\d.]+ (kB|MB)$/ }).click();
  const stored = card(models, 'main');
  await expect(stored).toContainText('Its chat template cannot run here');
  await expect(stored).toContainText('None of its files says how an answer ends');
  await stored.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  await pictures(models, 'models-template-stored');
  await inEveryLook(models, 'a stored model with a warning');
  await linnet.restart();
  const again = await linnet.open('models.html');
  await expect(card(again, 'main')).toContainText('None of its files says how an answer ends');
  hub.close();
  expect(linnet.pageErrors).toEqual([]);
});

test('files that are dropped in two goes come together, whichever come first', { tag: '@rare' }, async ({
  linnet,
}) => {
  const models = await linnet.open('models.html');
  await ask(models, 'set-settings', { settings: { welcomed: true } });
  const small = ['config.json', 'tokenizer.json'].map((name) => join(assets(STORIES), name));
  await drop(models, ...small);
  const rest = models.locator('.card.rest');
  await expect(rest).toContainText('Missing: the weights (.safetensors)');
  await expect(rest).toBeInViewport();
  await pictures(models, 'models-rest');
  await inEveryLook(models, 'files that wait for the rest');
  await drop(models, join(assets(STORIES), 'model.safetensors'));
  await expect(rest).toHaveCount(0);
  await expect(models.getByRole('listitem').filter({ hasText: '512 tokens' })).toBeVisible();
  expect(linnet.pageErrors).toEqual([]);
});

test('one part of a split GGUF says which is missing, and waits for it', async ({ linnet }) => {
  const folder = mkdtempSync(join(tmpdir(), 'linnet-parts-'));
  const part = (n: number) => join(folder, `wren-Q4_K_M-0000${n}-of-00002.gguf`);
  for (const n of [1, 2]) writeFileSync(part(n), 'GGUF');
  const models = await linnet.open('models.html');
  await drop(models, part(2));
  const rest = models.locator('.card.rest');
  await expect(rest).toContainText('wren-Q4_K_M-00001-of-00002.gguf');
  await drop(models, part(1));
  await expect(rest).toHaveCount(0);
  // These parts are empty; what matters is that both were opened.
  await expect(models.locator('.import.failed')).toContainText('A model file is damaged');
  rmSync(folder, { recursive: true });
});

test('a token that is kept is shown as kept, over a restart, and one press removes it', {
  tag: ['@rare', '@phone-rare'],
}, async ({ linnet }) => {
  const hub = await new ModelServer(stories(), { withheld: 'gated', token: 'hf_good' }).listen();
  const models = await linnet.open('models.html');
  await ask(models, 'set-settings', { settings: { welcomed: true } });
  await models.getByLabel('Repository or address').fill(new URL('/org/model/tree/main', hub.url).href);
  await models.getByRole('button', { name: 'Look up' }).click();
  await models.getByLabel('Access token').fill('hf_good');
  await models.getByLabel('Keep the token').check();
  await models.getByLabel('Access token').evaluate((field) => field.scrollIntoView({ block: 'center' }));
  await pictures(models, 'models-token-field');
  await inEveryLook(models, 'a field for a token');
  await models.getByRole('button', { name: 'Try with the token' }).click();
  await expect(models.getByText('llama model that reads up to 512 tokens')).toBeVisible();
  await linnet.restart();
  const again = await linnet.open('models.html');
  const remove = again.getByRole('button', { name: 'Remove the token' });
  await expect(again.getByText('An access token for the hub is kept on this device.')).toBeVisible();
  await remove.evaluate((button) => button.scrollIntoView({ block: 'center' }));
  await pictures(again, 'models-token-kept');
  await inEveryLook(again, 'a token that is kept');
  await remove.click();
  await expect(remove).toHaveCount(0);
  await linnet.restart();
  const last = await linnet.open('models.html');
  await expect(last.getByRole('heading', { name: 'Another model' })).toBeVisible();
  await expect(last.getByRole('button', { name: 'Remove the token' })).toHaveCount(0);
  hub.close();
  expect(linnet.pageErrors).toEqual([]);
});

test('a mirror is asked about before anything is asked of it, and a server that the policy forbids is named at once', async ({
  linnet,
}) => {
  const models = await linnet.open('models.html');
  await ask(models, 'set-settings', { settings: { welcomed: true } });
  const asked: string[] = [];
  models.context().on('request', (request) => {
    if (/hf-mirror|example/.test(request.url())) asked.push(request.url());
  });
  const lookUp = async (address: string) => {
    await models.getByLabel('Repository or address').fill(address);
    await models.getByRole('button', { name: 'Look up' }).click();
  };
  await lookUp('https://hf-mirror.com/birds/wren');
  const allow = models.getByRole('button', { name: 'Allow hf-mirror.com' });
  await expect(allow).toBeVisible();
  await allow.evaluate((button) => button.scrollIntoView({ block: 'center' }));
  await pictures(models, 'models-mirror');
  await lookUp('https://models.example/wren/x.gguf');
  await expect(models.getByRole('alert')).toContainText('Linnet may not connect to this server');
  expect(asked).toEqual([]);
  expect(linnet.pageErrors).toEqual([]);
});
