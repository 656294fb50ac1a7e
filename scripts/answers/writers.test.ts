import { describe, expect, test } from 'vitest';
import { pageText } from '../../app/testing/builders.ts';
import { fakeEngine, tinyModel } from '../../app/testing/fake-engine.ts';
import type { AnswerItem } from './items.ts';
import { linnetWriter } from './linnet-writer.ts';
import { llamaWriter } from './llama-writer.ts';
import { leadWriter, quotingWriter } from './page-writer.ts';

const page = pageText({
  title: 'The linnet',
  text: 'The linnet is a small finch that sings in the gorse.\n\nIt nests in May, and it eats the seeds of weeds.',
});
const item = (change: Partial<AnswerItem> = {}): AnswerItem => ({
  id: 'linnet',
  task: 'key-points',
  request: { kind: 'summary', style: { type: 'key-points', length: 'medium' } },
  page,
  plain: 'Write the key points.',
  ...change,
});

describe('answers of the extension', () => {
  const opened = async (...pieces: string[]) => {
    const engine = fakeEngine();
    engine.pieces = () => pieces;
    return { engine, writer: linnetWriter('now', await engine.load(tinyModel.id, 'plain', {})) };
  };

  test('go through the job service: the model’s words and what a person sees', async () => {
    const { writer } = await opened('- It sings.\n', '- It sings.\n', '- It nests.');
    const answer = await writer.write(item());
    expect(answer).toMatchObject({ text: '- It sings.\n- It nests.', stop: 'end' });
    expect(answer?.raw.endsWith('- It sings.\n- It sings.\n- It nests.')).toBe(true);
    expect(answer?.tokens).toBe(3);
    expect([writer.name, writer.model]).toEqual(['now', tinyModel.name]);
  });

  test('the instructions are the prompt without the page', async () => {
    const { writer } = await opened('- It sings.');
    const { instructions } = (await writer.write(item()))!;
    expect(instructions).toMatch(/key points/i);
    expect(instructions).not.toContain('gorse');
  });

  test('an answer at its limit is one, and a failure ends the measurement with its reason', async () => {
    const { engine, writer } = await opened(...'word '.repeat(5000).split(/(?<= )/));
    expect((await writer.write(item()))?.stop).toBe('length');
    engine.failure = new Error('the GPU is gone') as typeof engine.failure;
    await expect(writer.write(item())).rejects.toThrow('key-points of linnet');
  });
});

test('answers without a model: the page’s own sentences, and none where none are offered', async () => {
  expect((await quotingWriter().write(item()))?.text).toContain('- The linnet is a small finch');
  const question = item({ task: 'question', request: { kind: 'chat', text: 'Does it sing?' } });
  expect((await quotingWriter().write(question))?.text).toMatch(/^The linnet .* sings/);
  const translation = item({
    task: 'translation',
    request: { kind: 'translation', text: 'A', language: 'de' },
  });
  expect(await quotingWriter().write(translation)).toBeUndefined();
  expect(await leadWriter().write(item())).toBeUndefined();
  const tldr = item({ task: 'tldr', request: { kind: 'summary', style: { type: 'tldr', length: 'short' } } });
  expect((await leadWriter().write(tldr))?.text).toBe('The linnet is a small finch that sings in the gorse.');
});

test('a folder without the other engine is named, with what to do', async () => {
  await expect(llamaWriter('/nowhere', 'model.gguf')).rejects.toThrow('npm install node-llama-cpp');
});
