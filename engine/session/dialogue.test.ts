/** What an import learns of a model's dialogues is stored with it, and a model without a report gets one when it is loaded. */
import { expect, test, vi } from 'vitest';
import { CPU_FACTS, interpreterRuntime } from '../testing/interpreter-runtime.ts';
import { TINY_CONFIG, tinyFiles } from '../testing/tiny-checkpoint.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';
import { manifestText, parseManifest } from '../weights/store/manifest.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';
import { importModel } from './import/import.ts';
import { previewModel } from './import/preview.ts';
import { loadWith } from './load.ts';
import { listModels } from './stored-model.ts';
import { openText } from './text.ts';

const folder = (template: string | undefined, config: object = TINY_CONFIG) =>
  memoryFolder('tiny', {
    ...tinyFiles(),
    'config.json': JSON.stringify(config),
    // The end stands in the config alone.
    'tokenizer_config.json': JSON.stringify({ bos_token: '<s>' }),
    ...(template === undefined ? {} : { 'chat_template.jinja': template }),
  });

const { eos_token_id: _, ...WITHOUT_END } = TINY_CONFIG;
const ANSWERING = '{% for m in messages %}{{ m.content }}{% endfor %}';

test.each([
  ['rendered', folder(ANSWERING), { own: 'rendered' }],
  ['failed', folder('{{ fetch(1) }}'), { own: 'failed', line: 1, near: '{{ fetch(1) }}' }],
  ['absent', folder(undefined), { own: 'absent' }],
  ['without an end', folder(ANSWERING, WITHOUT_END), { own: 'rendered', endless: true }],
  [
    'with an end outside of the vocabulary',
    folder(ANSWERING, { ...TINY_CONFIG, eos_token_id: 99 }),
    { own: 'rendered', endless: true },
  ],
  ['with an end in the template', folder(`${ANSWERING}</s>`, WITHOUT_END), { own: 'rendered' }],
])('%s: the preview, the import and the list say so', async (_name, source, expected) => {
  const store = openStore(memoryStorage());
  const { dialogue } = await previewModel(source);
  expect(dialogue).toMatchObject(expected);
  expect(dialogue.endless).toBe((expected as { endless?: true }).endless);
  expect((await importModel(source, store)).dialogue).toEqual(dialogue);
  expect((await listModels(store)).map((model) => model.dialogue)).toEqual([dialogue]);
});

test('a model of an earlier version has no report until it is loaded, and a damaged report is none', async () => {
  const storage = memoryStorage();
  const store = openStore(storage);
  const { id } = await importModel(folder('{{ fetch(1) }}'), store, { weights: 'f32' });
  const [path = ''] = [...storage.files.keys()].filter((name) => name.endsWith('manifest.json'));
  const { dialogue, ...manifest } = parseManifest(new TextDecoder().decode(storage.files.get(path)), path);
  expect(dialogue).toBeDefined();
  for (const older of [manifest, { ...manifest, dialogue: { own: 'perhaps' } }]) {
    const file = await storage.create(path);
    await file.write(0, new TextEncoder().encode(manifestText(older)));
    await file.close();
    expect((await listModels(store))[0]?.dialogue).toBeUndefined();
    const model = await loadWith(store, id, { activations: 'f32' }, {}, CPU_FACTS, interpreterRuntime);
    expect(model.facts.model.dialogue).toEqual(dialogue);
  }
});

test('a thought that never closes is the answer', async () => {
  const store = openStore(memoryStorage());
  const thinking = folder(`${ANSWERING}{% if add_generation_prompt %}<think>{% endif %}`);
  const { id } = await importModel(thinking, store, { weights: 'f32' });
  const model = await loadWith(store, id, { activations: 'f32' }, {}, CPU_FACTS, interpreterRuntime);
  expect(model.facts.thinks).toBe(true);
  const shown: string[] = [];
  const { text, thoughtTokens } = await model.generate(
    {
      prompt: { kind: 'messages', messages: [{ role: 'user', content: 'hello' }] },
      maxTokens: 6,
      ignoreEos: true,
    },
    { onEvent: (event) => void (event.kind === 'token' && shown.push(event.text)) },
  );
  expect(thoughtTokens).toBeGreaterThan(5);
  expect(text).toMatch(/\w/);
  expect(shown.join('')).toBe(text);
});

test('a prompt is encoded once, however often it is counted, read and asked', async () => {
  const files = { ...tinyFiles(), 'chat_template.jinja': ANSWERING };
  const bytes = (file: Uint8Array | string | undefined) =>
    typeof file === 'string' ? new TextEncoder().encode(file) : file;
  const text = openText((name) => bytes(files[name as keyof typeof files]), {
    vocab: TINY_CONFIG.vocab_size,
    bosIds: [],
    eosIds: [],
  });
  const encode = vi.spyOn(text.tokenizer, 'encode');
  const prompt = (content: string) => ({ kind: 'messages', messages: [{ role: 'user', content }] }) as const;
  const ids = text.encode(prompt('once upon'));
  text.encode(prompt('a page'));
  expect(text.count(prompt('once upon'))).toBe(ids.length);
  ids.length = 0;
  expect(text.encode(prompt('once upon')).length).toBe(text.count(prompt('once upon')));
  expect(encode).toHaveBeenCalledTimes(2);
  // The same words, which may give control tokens here.
  text.encode({ kind: 'text', text: 'once upon' });
  expect(encode).toHaveBeenCalledTimes(3);
});
