/** The guides change nothing of what the demo model writes, and keep the form of a model that was not taught any. */
import * as disk from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type ChatMessage,
  type Gpu,
  importModel,
  type LoadedModel,
  loadModel,
  memoryFolder,
  memoryStorage,
  openGpu,
  openStore,
} from '../../../engine/index.ts';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import type { AnswerForm } from '../prompts/task-profile.ts';
import { summaryGuide, tokensOfForm } from './guides.ts';

const DEMO = fileURLToPath(new URL('../../../assets/demo', import.meta.url));
const FORMS: Readonly<Record<string, AnswerForm>> = {
  'key-points, medium': { kind: 'list', points: 5, words: 30 },
  'key-points, short': { kind: 'list', points: 3, words: 30 },
  'tldr, short': { kind: 'sentences', count: 1 },
  'tldr, medium': { kind: 'sentences', count: 4 },
  'headline, short': { kind: 'line', words: 12 },
};
interface Example {
  readonly name: string;
  readonly messages: readonly ChatMessage[];
}

let gpu: Gpu;
let model: LoadedModel;

beforeAll(async () => {
  const opened = await openTestGpu();
  gpu = await openGpu(opened.gpu);
  const files = disk
    .readdirSync(DEMO)
    .map((name) => [name, new Uint8Array(disk.readFileSync(`${DEMO}/${name}`))]);
  const store = openStore(memoryStorage());
  const { id } = await importModel(memoryFolder('demo', Object.fromEntries(files)), store);
  model = await loadModel(store, id, gpu, { activations: opened.f16 ? 'f16' : 'f32' });
});
afterAll(() => {
  model.dispose();
  gpu.dispose();
});

const examples = (JSON.parse(disk.readFileSync(`${DEMO}/examples.json`, 'utf8')) as Example[]).filter(
  ({ name }) => name in FORMS,
);
const asked = (
  messages: readonly ChatMessage[],
  form: AnswerForm,
  speculation: 'off' | 'always' = 'off',
) => ({
  prompt: { kind: 'messages', messages } as const,
  maxTokens: tokensOfForm(form),
  speculation,
});
const guided = (messages: readonly ChatMessage[], form: AnswerForm, request = asked(messages, form)) => {
  const material = messages.map(({ content }) => content).join('\n');
  const last = material.split('\n').at(-1) ?? '';
  return { guide: summaryGuide(model, { request, asked: { form, request: last }, material }) };
};

test.each(examples)('$name: the answer is the same in as many steps', async ({ name, messages }) => {
  const form = FORMS[name]!;
  // Drafts take their own way through the guides; one answer shows that.
  const modes = name === 'tldr, medium' ? (['off', 'always'] as const) : (['off'] as const);
  for (const speculation of modes) {
    const request = asked(messages, form, speculation);
    const alone = await model.generate(request);
    const { ids, text, stop, counters } = await model.generate(request, guided(messages, form, request));
    expect([ids, text, stop]).toEqual([alone.ids, alone.text, alone.stop]);
    expect([counters.steps, counters.dispatchesPerToken, counters.submitsPerToken]).toEqual([
      alone.counters.steps,
      alone.counters.dispatchesPerToken,
      alone.counters.submitsPerToken,
    ]);
  }
});

test('a form that the model does not want is kept', async () => {
  const { messages } = examples.find(({ name }) => name === 'tldr, medium')!;
  const list: AnswerForm = { kind: 'list', points: 2, words: 12 };
  const { text } = await model.generate(asked(messages, list), guided(messages, list));
  const points = text.trim().split('\n');
  expect(points.length).toBeLessThanOrEqual(2);
  for (const point of points) expect(point).toMatch(/^- ?\S/);
  const line: AnswerForm = { kind: 'line', words: 4 };
  const headline = (await model.generate(asked(messages, line), guided(messages, line))).text;
  expect(headline.trim().split(/\s+/).length).toBeLessThanOrEqual(4);
});
