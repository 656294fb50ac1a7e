import { expect, it } from 'vitest';
import { Answers } from './answers.ts';

const outcome = (text: string) => ({ text }) as Parameters<Answers['set']>[1];

it('an answer that is dropped for age leaves a newer one of its pattern', () => {
  const answers = new Answers();
  answers.set('90 seconds', outcome('90 Sekunden'));
  for (let i = 0; i < 1998; i++) answers.set(`word ${'x'.repeat(i + 1)}`, outcome('Wort'));
  answers.set('88 seconds', outcome('88 Sekunden'));
  answers.set('the last', outcome('das Letzte'));
  expect(answers.get('87 seconds')?.text).toBe('87 Sekunden');
});
