/**
 * A thousand damaged configs over all families: each gives a model or a named error, never a crash, a hang or a huge graph.
 */
import { expect, test } from 'vitest';
import { fuzzRounds } from '../../scripts/testing/assets.ts';
import { EngineError } from '../base/errors.ts';
import { seededRandom } from '../tensor/random.ts';
import { buildModel } from './index.ts';
import { TINY_FAMILIES } from '../testing/tiny-families.ts';

const SEED = 21;
const ROUNDS = fuzzRounds(1000, 3000);
const VALUES: readonly unknown[] = [
  0,
  -1,
  1,
  2,
  3,
  5,
  0.5,
  1e-9,
  1e9,
  2 ** 24,
  2 ** 31,
  2 ** 53,
  1e308,
  Number.NaN,
  null,
  true,
  false,
  '',
  'llama',
  'toString',
  '__proto__',
  [],
  [1],
  ['sliding_attention'],
  {},
  { rope_type: 'linear' },
  { type: 'longrope', factor: 2 },
  { rope_type: 'llama3', factor: -1 },
];
const CODES = ['checkpoint-damaged', 'model-unknown'];

test('damaged configs', () => {
  const random = seededRandom(SEED);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const every = [...new Set(TINY_FAMILIES.flatMap(({ config }) => Object.keys(config)))];
  let [built, refused] = [0, 0];
  for (let i = 0; i < ROUNDS; i++) {
    const config: Record<string, unknown> = { ...pick(TINY_FAMILIES).config };
    for (let n = 1 + Math.floor(random() * 3); n > 0; n--) config[pick(every)] = pick(VALUES);
    try {
      buildModel(config, {
        activations: 'f32',
        weights: () => ({ dtype: 'm0e4', group: 32 }),
        maxChunk: 8,
        capacity: 16,
      });
      built++;
    } catch (error) {
      const context = `seed ${SEED}, mutation ${i}: ${JSON.stringify(config)}`;
      if (!(error instanceof EngineError) || !CODES.includes(error.code)) expect.fail(`${context}\n${error}`);
      refused++;
    }
  }
  expect(built).toBeGreaterThan(ROUNDS / 20);
  expect(refused).toBeGreaterThan(ROUNDS / 5);
});
