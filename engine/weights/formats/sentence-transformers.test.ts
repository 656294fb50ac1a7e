/** The modules of sentence-transformers become a part of the config; what is not known, or reaches outside, is refused. */
import { expect, test } from 'vitest';
import { memoryFolder } from '../sources/memory-source.ts';
import { MODULES_KEY, readModules } from './sentence-transformers.ts';

const module = (type: string, path = '') => ({ path, type: `sentence_transformers.models.${type}` });
const MEAN = JSON.stringify({ pooling_mode_mean_tokens: true, pooling_mode_cls_token: false });

const read = (modules: unknown, more: Record<string, string> = {}) =>
  readModules(
    memoryFolder('m', { 'modules.json': JSON.stringify(modules), '1_Pooling/config.json': MEAN, ...more }),
    { model_type: 'bert' },
  );

test('pooling, length and prompts are taken over; without the file there is nothing', async () => {
  const found = await read(
    [module('Transformer'), module('Pooling', '1_Pooling'), module('Normalize', '2_Normalize')],
    {
      'sentence_bert_config.json': '{"max_seq_length": 256}',
      'config_sentence_transformers.json': '{"prompts": {"query": "q: ", "passage": "p: "}}',
    },
  );
  expect(found?.config).toEqual({
    model_type: 'bert',
    [MODULES_KEY]: {
      pooling: 'mean',
      dense: [],
      normalise: true,
      max_tokens: 256,
      prompts: { query: 'q: ', document: 'p: ' },
    },
  });
  expect(await readModules(memoryFolder('m', {}), {})).toBeUndefined();
});

const pooling = [module('Pooling', '1_Pooling')];
const dense = [module('Dense', '2_Dense')];
test.each([
  ['a module that is not known', [module('CNN', '1_CNN')], {}, 'model-unknown'],
  [
    'the largest of all rows',
    pooling,
    { '1_Pooling/config.json': '{"pooling_mode_max_tokens": true}' },
    'model-unknown',
  ],
  [
    'two poolings',
    pooling,
    { '1_Pooling/config.json': '{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}' },
    'model-unknown',
  ],
  [
    'a prompt that is left out',
    pooling,
    { '1_Pooling/config.json': '{"pooling_mode_mean_tokens": true, "include_prompt": false}' },
    'model-unknown',
  ],
  [
    'another activation',
    dense,
    {
      '2_Dense/config.json': '{"out_features": 4, "activation_function": "torch.nn.modules.activation.Tanh"}',
    },
    'model-unknown',
  ],
  ['weights that are missing', dense, { '2_Dense/config.json': '{"out_features": 4}' }, 'source-missing'],
  ['a folder outside', [module('Pooling', '../1_Pooling')], {}, 'checkpoint-damaged'],
  ['a folder without a name', [module('Pooling')], {}, 'checkpoint-damaged'],
  ['no list', { a: 1 }, {}, 'checkpoint-damaged'],
  ['too many', Array.from({ length: 17 }, () => module('Transformer')), {}, 'checkpoint-damaged'],
] as const)('%s is refused', async (_, modules, files, code) => {
  await expect(read(modules, files)).rejects.toMatchObject({ code });
});
