/** For tests: ways to damage a checkpoint's files, and the error that each must cause. */
import type { EngineErrorCode } from '../base/errors.ts';
import { TINY_CONFIG, TINY_TOKENIZER, type Tamper, tinyFiles } from './tiny-checkpoint.ts';

/** Contents by file name. */
export type CheckpointFiles = Record<string, Uint8Array | string>;

const K = 'model.layers.0.self_attn.k_proj.weight';
const V = 'model.layers.0.self_attn.v_proj.weight';

/** Damaged files and the expected error. */
export interface Damage {
  readonly name: string;
  readonly files: () => CheckpointFiles;
  readonly code: EngineErrorCode;
  /** The file. */
  readonly who: string;
  /** Tensor or position. */
  readonly where?: RegExp;
  readonly expected: RegExp;
  readonly got: RegExp;
}

const weights = (tamper: Tamper) => () => tinyFiles(tamper);
const bytes = (change: (b: Uint8Array) => Uint8Array) => () => {
  const files = tinyFiles();
  return { ...files, 'model.safetensors': change(files['model.safetensors'] as Uint8Array) };
};
const tokenizer = (change: (json: Record<string, unknown>) => void) => () => {
  const json = structuredClone(TINY_TOKENIZER) as unknown as Record<string, unknown>;
  change(json);
  return { ...tinyFiles(), 'tokenizer.json': JSON.stringify(json) };
};
const headerLength = (length: bigint) =>
  bytes((b) => {
    const copy = b.slice();
    new DataView(copy.buffer).setBigUint64(0, length, true);
    return copy;
  });

const file = 'model.safetensors';

/** All damages. */
export const damages: Damage[] = [
  {
    name: 'truncated weights',
    files: bytes((b) => b.slice(0, b.length - 10)),
    code: 'checkpoint-damaged',
    who: file,
    where: /tensor model\.norm\.weight/,
    expected: /at least \d+ bytes/,
    got: /\d+ bytes/,
  },
  {
    name: 'weights truncated in the header',
    files: bytes((b) => b.slice(0, 100)),
    code: 'checkpoint-damaged',
    who: file,
    where: /header length/,
    expected: /at most 92 bytes/,
    got: /bytes/,
  },
  {
    name: 'weights of 3 bytes',
    files: bytes((b) => b.slice(0, 3)),
    code: 'checkpoint-damaged',
    who: file,
    expected: /8 bytes/,
    got: /3 bytes/,
  },
  {
    name: 'empty weights',
    files: bytes(() => new Uint8Array(0)),
    code: 'checkpoint-damaged',
    who: file,
    expected: /8 bytes/,
    got: /0 bytes/,
  },
  {
    name: 'header length of 2^60',
    files: headerLength(2n ** 60n),
    code: 'checkpoint-damaged',
    who: file,
    where: /header length/,
    expected: /at most \d+ bytes/,
    got: /1152921504606846976/,
  },
  {
    name: 'header length of 2^64 - 1',
    files: headerLength(2n ** 64n - 1n),
    code: 'checkpoint-damaged',
    who: file,
    where: /header length/,
    expected: /at most/,
    got: /18446744073709551615/,
  },
  {
    name: 'header is not JSON',
    files: bytes((b) => b.slice().fill(0x58, 8, 20)),
    code: 'checkpoint-damaged',
    who: file,
    where: /header/,
    expected: /JSON/,
    got: /XXXX/,
  },
  {
    name: 'overlapping offsets',
    files: weights((h) => {
      h[V]!.data_offsets = h[K]!.data_offsets;
    }),
    code: 'checkpoint-damaged',
    who: file,
    where: /tensor .*_proj/,
    expected: /offset \d+/,
    got: /\d+/,
  },
  {
    name: 'out-of-range offsets',
    files: weights((h) => {
      h[K]!.data_offsets = [1e9, 1e9 + 800];
    }),
    code: 'checkpoint-damaged',
    who: file,
    where: /tensor .*/,
    expected: /bytes|offset/,
    got: /\d+/,
  },
  {
    name: 'negative offsets',
    files: weights((h) => {
      h[K]!.data_offsets = [-800, 0];
    }),
    code: 'checkpoint-damaged',
    who: file,
    where: new RegExp(K),
    expected: /whole numbers/,
    got: /-800/,
  },
  {
    name: 'offsets beyond 2^53',
    files: weights((h) => {
      h[K]!.data_offsets = [0, 1e300];
    }),
    code: 'checkpoint-damaged',
    who: file,
    where: new RegExp(K),
    expected: /whole numbers/,
    got: /1e\+300/,
  },
  {
    name: 'shape and offsets disagree',
    files: weights((h) => {
      h[K]!.shape = [10, 21];
    }),
    code: 'checkpoint-damaged',
    who: file,
    where: new RegExp(K),
    expected: /840 bytes/,
    got: /800 bytes/,
  },
  {
    name: 'a shape whose product overflows',
    files: weights((h) => {
      h[K]!.shape = [2 ** 40, 2 ** 40];
    }),
    code: 'checkpoint-damaged',
    who: file,
    where: new RegExp(K),
    expected: /2\^53/,
    got: /1099511627776/,
  },
  {
    name: 'unknown dtype',
    files: weights((h) => {
      h[K]!.dtype = 'F31';
    }),
    code: 'checkpoint-damaged',
    who: file,
    where: new RegExp(K),
    expected: /BF16/,
    got: /F31/,
  },
  {
    name: 'wrong dtype',
    files: weights((h) => {
      h[K]!.dtype = 'I32';
    }),
    code: 'checkpoint-mismatch',
    who: file,
    where: new RegExp(K),
    expected: /F32, F16 or BF16/,
    got: /I32/,
  },
  {
    name: 'missing tensor',
    files: weights((h) => {
      h.other = h[K]!;
      delete h[K];
    }),
    code: 'checkpoint-mismatch',
    who: 'tiny',
    where: new RegExp(K),
    expected: /\[10, 20\]/,
    got: /11 other tensors/,
  },
  {
    name: 'wrong shape',
    files: weights((h) => {
      h[K]!.shape = [20, 10];
    }),
    code: 'checkpoint-mismatch',
    who: file,
    where: new RegExp(K),
    expected: /\[10, 20\]/,
    got: /\[20, 10\]/,
  },
  {
    name: 'no weights',
    files: () => ({ ...tinyFiles(), [file]: undefined as unknown as string }),
    code: 'source-missing',
    who: 'tiny',
    expected: /model\.safetensors/,
    got: /neither/,
  },
  {
    name: 'truncated tokenizer',
    files: () => ({ ...tinyFiles(), 'tokenizer.json': JSON.stringify(TINY_TOKENIZER).slice(0, 300) }),
    code: 'tokenizer-damaged',
    who: 'tokenizer.json',
    expected: /JSON/,
    got: /300 bytes/,
  },
  {
    name: 'tokenizer of wrong types',
    files: tokenizer((j) => {
      (j.model as Record<string, unknown>).vocab = ['a'];
    }),
    code: 'tokenizer-damaged',
    who: 'tokenizer.json',
    where: /model\.vocab/,
    expected: /object/,
    got: /"a"/,
  },
  {
    name: 'tokenizer of an unknown model type',
    files: tokenizer((j) => {
      (j.model as Record<string, unknown>).type = 'Tea';
    }),
    code: 'tokenizer-damaged',
    who: 'tokenizer.json',
    where: /model\.type/,
    expected: /BPE/,
    got: /Tea/,
  },
  {
    name: 'truncated config',
    files: () => ({ ...tinyFiles(), 'config.json': JSON.stringify(TINY_CONFIG).slice(0, 50) }),
    code: 'checkpoint-damaged',
    who: 'config.json',
    expected: /JSON/,
    got: /50 bytes/,
  },
  {
    name: 'config of an unknown family',
    files: () => ({ ...tinyFiles(), 'config.json': JSON.stringify({ ...TINY_CONFIG, model_type: 'yeti' }) }),
    code: 'model-unknown',
    who: 'config.json',
    where: /model_type/,
    expected: /llama/,
    got: /yeti/,
  },
];
