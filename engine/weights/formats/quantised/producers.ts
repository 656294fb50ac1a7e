/**
 * Who quantised a checkpoint in safetensors, by config.json, and which reader its weights need. The producers that are read
 * and those that are refused have a row each in docs/MODELS.md.
 */
import { isObject } from '../../sources/json.ts';
import type { CheckpointTensor } from '../checkpoint-tensor.ts';
import { readBitNet } from './bitnet.ts';
import { readBitsAndBytes } from './bitsandbytes.ts';
import { readAutoRound, readAwq, readGptq } from './columns-first.ts';
import { readCompressed } from './compressed-tensors.ts';
import { readFloat8 } from './float8.ts';
import { readMlx } from './mlx.ts';
import type { CheckpointTensors, ReadQuantised } from './parts.ts';
import { unreadable } from './unreadable.ts';

/** Readers by `quant_method`, in lower case with hyphens. */
const READERS: Readonly<Record<string, ReadQuantised>> = {
  gptq: readGptq,
  awq: readAwq,
  'auto-round': readAutoRound,
  autoround: readAutoRound,
  'intel/auto-round': readAutoRound,
  'compressed-tensors': readCompressed,
  bitnet: readBitNet,
  bitsandbytes: readBitsAndBytes,
  fp8: readFloat8,
  'fbgemm-fp8': readFloat8,
  modelopt: readModelOpt,
};

/** Names as people know them, of what cannot be read. */
const OTHERS: Readonly<Record<string, string>> = {
  aqlm: 'AQLM',
  eetq: 'EETQ',
  exl2: 'ExLlamaV2 (EXL2)',
  exl3: 'ExLlamaV3 (EXL3)',
  'fp-quant': 'FP-Quant',
  higgs: 'HIGGS',
  hqq: 'HQQ',
  mxfp4: 'OpenAI (MXFP4 in safetensors)',
  quanto: 'Quanto',
  quark: 'AMD Quark',
  spqr: 'SpQR',
  torchao: 'torchao',
  vptq: 'VPTQ',
};

/** NVIDIA ModelOpt: FP8; not NVFP4. */
function readModelOpt(...[tensors, facts, signal]: Parameters<ReadQuantised>): ReturnType<ReadQuantised> {
  const method = String(facts.quant_algo ?? 'FP8').toUpperCase();
  return method === 'FP8'
    ? readFloat8(tensors, facts, signal)
    : unreadable(`ModelOpt as ${method}`, 'quant_algo');
}

/** Scales of activations and of the cache: both stay as they are, so these are not used. */
const OF_ACTIVATIONS =
  /\.(?:input_scale|activation_scale|act_scales?|input_zero_point|input_global_scale|[kqv]_scale|output_scale)$/;

/**
 * The tensors with one for each quantised matrix, in the place of its first part. Throws `model-unknown` for what cannot
 * be read, by the name of its producer; `checkpoint-damaged` for parts that do not fit together.
 */
export async function readQuantised(
  config: Readonly<Record<string, unknown>>,
  tensors: CheckpointTensors,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, CheckpointTensor>> {
  const found = sectionOf(config);
  if (found === undefined) return tensors;
  const used = new Map([...tensors].filter(([name]) => !OF_ACTIVATIONS.test(name)));
  return await found.read(used, found.facts, signal);
}

interface Section {
  readonly read: ReadQuantised;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What config.json says of quantisation; of models that read pictures, it may be in the text part. */
function sectionOf(config: Readonly<Record<string, unknown>>): Section | undefined {
  const text = isObject(config.text_config) ? config.text_config : {};
  const mlx = config.quantization ?? text.quantization;
  if (isObject(mlx)) return { read: readMlx, facts: mlx };
  const facts = config.quantization_config ?? text.quantization_config;
  if (facts == null) return undefined;
  if (!isObject(facts)) return unreadable(JSON.stringify(facts).slice(0, 40), '');
  // mlx-lm writes its section under this key too.
  if (facts.quant_method == null && facts.bits !== undefined && facts.group_size !== undefined) {
    return { read: readMlx, facts };
  }
  const isOldBitsAndBytes = facts.load_in_4bit === true || facts.load_in_8bit === true;
  const method = String(facts.quant_method ?? (isOldBitsAndBytes ? 'bitsandbytes' : 'nothing that is named'));
  const key = method.toLowerCase().replaceAll('_', '-');
  const read = Object.hasOwn(READERS, key) ? READERS[key] : undefined;
  return read === undefined
    ? unreadable(Object.hasOwn(OTHERS, key) ? (OTHERS[key] as string) : method.slice(0, 40))
    : { read, facts };
}
