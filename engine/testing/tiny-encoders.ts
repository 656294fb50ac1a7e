/**
 * Encoders as checkpoints of some ten thousand random weights, with the files of sentence-transformers beside them. Their
 * configs are in their goldens (`conformance/encoders/<name>.json`), with the part that those files make. Also the files of the
 * published all-MiniLM-L6-v2, with what PyTorch makes of some texts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { POOLING_KEY } from '../models/index.ts';
import type { TinyFamily } from './tiny-families.ts';
import { type TestTensor, TINY_TOKENIZER, writeSafetensors } from './tiny-checkpoint.ts';
import { axes, type Rounding, tensorsOf } from './tiny-family/files.ts';

/** Passages of ids, read in one run. One is longer than the window, and one is a single token. */
export const PASSAGES: readonly (readonly number[])[] = [
  [1, 5, 16, 0, 9, 33, 3, 11, 20, 36, 7],
  [4, 4, 29],
  [12],
];

const FOLDER = new URL('../conformance/encoders/', import.meta.url);

export const TINY_ENCODERS: readonly TinyFamily[] = readdirSync(FOLDER)
  .sort()
  .map((file) => {
    const golden = new URL(file, FOLDER);
    const { config, gguf } = JSON.parse(readFileSync(golden, 'utf8'));
    return { name: basename(file, '.json'), golden, config, gguf };
  });

interface Described {
  readonly pooling: 'mean' | 'first' | 'last';
  readonly dense: readonly { readonly tensor: string; readonly out: number; readonly bias: boolean }[];
  readonly max_tokens: number;
  readonly prompts: Readonly<Record<string, string>>;
}

const FLAGS = { mean: 'mean_tokens', first: 'cls_token', last: 'lasttoken' } as const;

/** The files of an encoder's checkpoint. */
export function tinyEncoderFiles(
  family: TinyFamily,
  dtype: TestTensor['dtype'],
  roundedTo?: Rounding,
): Record<string, Uint8Array | string> {
  const { [POOLING_KEY]: own, ...config } = family.config;
  const { pooling, dense, max_tokens, prompts } = own as Described;
  const all = tensorsOf(family, roundedTo).map(
    ([name, tensor]) => [name, { ...tensor, dtype, shape: axes(family, name, tensor) }] as const,
  );
  const written = (tensors: typeof all) => writeSafetensors(Object.fromEntries(tensors));
  const module = (type: string, path = '') => ({ path, type: `sentence_transformers.models.${type}` });
  const files: Record<string, Uint8Array | string> = {
    'config.json': JSON.stringify(config),
    'tokenizer.json': JSON.stringify(TINY_TOKENIZER),
    'model.safetensors': written(all.filter(([name]) => !name.includes('_Dense.'))),
    'modules.json': JSON.stringify([
      module('Transformer'),
      module('Pooling', '1_Pooling'),
      ...dense.map(({ tensor }) => module('Dense', tensor.split('.')[0])),
      module('Normalize', `${2 + dense.length}_Normalize`),
    ]),
    'sentence_bert_config.json': JSON.stringify({ max_seq_length: max_tokens }),
    'config_sentence_transformers.json': JSON.stringify({ prompts }),
    '1_Pooling/config.json': JSON.stringify({ [`pooling_mode_${FLAGS[pooling]}`]: true }),
  };
  for (const { tensor, out, bias } of dense) {
    const [folder] = tensor.split('.') as [string];
    const mine = all.filter(([name]) => name.startsWith(`${folder}.`));
    const plain = mine.map(([name, value]) => [name.slice(folder.length + 1), value] as const);
    files[`${folder}/model.safetensors`] = written(plain);
    files[`${folder}/config.json`] = JSON.stringify({
      out_features: out,
      bias,
      activation_function: 'torch.nn.modules.linear.Identity',
    });
  }
  return files;
}

interface GoldenText {
  readonly text: string;
  readonly ids: readonly number[];
  readonly vector: readonly number[];
}

export const MINI_LM_TEXTS: readonly GoldenText[] = JSON.parse(
  readFileSync(new URL('../conformance/published/all-minilm-l6-v2.torch.json', import.meta.url), 'utf8'),
).texts;

/** The files of all-MiniLM-L6-v2 by their names in `folder`. */
export const miniLmFiles = (folder: string): Record<string, Uint8Array> =>
  Object.fromEntries(
    [
      'config.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'model.safetensors',
      'modules.json',
      'sentence_bert_config.json',
      '1_Pooling/config.json',
    ].map((name) => [name, readFileSync(join(folder, name))]),
  );
