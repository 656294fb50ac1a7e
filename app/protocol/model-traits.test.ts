import { expect, it } from 'vitest';
import { isPractice, packagedTraits } from './model-traits.ts';

it('reads the traits of a model, and those that earlier versions stored', () => {
  const models = [
    {},
    { traits: packagedTraits },
    { traits: ['demo'] },
    { traits: ['practice', 'plain-prompts'] },
  ];
  expect(models.map(isPractice)).toEqual([false, true, true, true]);
});
