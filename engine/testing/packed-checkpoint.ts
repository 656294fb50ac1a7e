/**
 * For tests: a checkpoint for a config, with random weights of 4 bits in the packing that its config names (MLX, or GPTQ as
 * auto-round writes it), and the same numbers as F32. Packed one number at a time, by the formats' rules.
 */
import { f16FromF32, f32FromF16 } from '../tensor/f16.ts';
import { seededRandom } from '../tensor/random.ts';
import { joinSafetensors, TINY_TOKENIZER } from './tiny-checkpoint.ts';

/** A tensor as a file has it. */
interface FileTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Whole numbers of 4 bits; w = s·(q − z), where z is a whole number. */
interface Nibbles {
  readonly rows: number;
  readonly columns: number;
  readonly group: number;
  readonly q: Uint8Array;
  readonly s: Float32Array;
  readonly z: Uint8Array;
}

/** Files of both checkpoints: the packed one, and the numbers that it means. */
export interface PackedCheckpoint {
  readonly packed: Record<string, Uint8Array | string>;
  readonly plain: Record<string, Uint8Array | string>;
}

/** `shapes`: the tensors that a model of the config has. MLX packs the embedding too. */
export function packedCheckpoint(
  config: Readonly<Record<string, unknown>>,
  shapes: readonly { readonly name: string; readonly shape: readonly number[] }[],
): PackedCheckpoint {
  const random = seededRandom(5);
  const isMlx = config.quantization !== undefined;
  const facts = (config.quantization ?? config.quantization_config) as { group_size: number };
  const packed: Record<string, FileTensor> = {};
  const plain: Record<string, FileTensor> = {};
  for (const { name, shape } of shapes) {
    const isPacked = shape.length === 2 && (isMlx || name.includes('.layers.'));
    const module = name.replace(/\.weight$/, '');
    if (isPacked) {
      const nibbles = randomNibbles(shape as [number, number], facts.group_size, random);
      for (const [part, tensor] of Object.entries(isMlx ? mlx(nibbles) : gptq(nibbles))) {
        packed[`${module}.${part}`] = tensor;
      }
      plain[name] = floats(shape, numbersOf(nibbles));
    } else {
      const count = shape.reduce((n, d) => n * d, 1);
      const values = Float32Array.from({ length: count }, () => f32FromF16(f16FromF32(random() - 0.5)));
      plain[name] = packed[name] = floats(shape, shape.length === 1 ? values.map((x) => x + 1) : values);
    }
  }
  const { quantization, quantization_config, ...rest } = config;
  const files = (own: object, tensors: Record<string, FileTensor>) => ({
    'config.json': JSON.stringify(own),
    'tokenizer.json': JSON.stringify(TINY_TOKENIZER),
    'model.safetensors': fileOf(tensors),
  });
  return { packed: files(config, packed), plain: files(rest, plain) };
}

function randomNibbles(
  [rows, columns]: readonly [number, number],
  size: number,
  random: () => number,
): Nibbles {
  const group = Math.min(size, columns);
  const groups = Math.ceil(columns / group);
  return {
    ...{ rows, columns, group },
    q: Uint8Array.from({ length: rows * columns }, () => Math.floor(random() * 16)),
    s: Float32Array.from({ length: rows * groups }, () => f32FromF16(f16FromF32(0.01 + random() / 50))),
    z: Uint8Array.from({ length: rows * groups }, () => 1 + Math.floor(random() * 15)),
  };
}

function numbersOf({ rows, columns, group, q, s, z }: Nibbles): Float32Array {
  const groups = Math.ceil(columns / group);
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    const at = Math.floor(i / columns) * groups + Math.floor((i % columns) / group);
    return (s[at] as number) * ((q[i] as number) - (z[at] as number));
  });
}

/** Words whose number i of eight is in bits 4i. */
function words(
  shape: readonly [number, number],
  nibble: (row: number, column: number, i: number) => number,
): Uint8Array {
  const out = new Uint32Array(shape[0] * shape[1]);
  for (let at = 0; at < out.length; at++) {
    const [row, column] = [Math.floor(at / shape[1]), at % shape[1]];
    for (let i = 0; i < 8; i++) out[at] = (out[at] as number) | (nibble(row, column, i) << (4 * i));
  }
  return new Uint8Array(out.buffer);
}

function gptq({ rows, columns, group, q, s, z }: Nibbles): Record<string, FileTensor> {
  const groups = Math.ceil(columns / group);
  const down: [number, number] = [columns / 8, rows];
  const across: [number, number] = [groups, rows / 8];
  const scales = Float32Array.from(
    { length: groups * rows },
    (_, i) => s[(i % rows) * groups + Math.floor(i / rows)] as number,
  );
  return {
    qweight: {
      dtype: 'I32',
      shape: down,
      bytes: words(down, (j, n, i) => q[n * columns + 8 * j + i] as number),
    },
    qzeros: {
      dtype: 'I32',
      shape: across,
      bytes: words(across, (g, j, i) => (z[(8 * j + i) * groups + g] as number) - 1),
    },
    scales: { dtype: 'F16', shape: [groups, rows], bytes: halves(scales) },
  };
}

/** Offsets are −s·z, which has to be a half: zeros are powers of two. */
function mlx(nibbles: Nibbles): Record<string, FileTensor> {
  const { rows, columns, group, q, s, z } = nibbles;
  z.forEach((zero, i) => {
    z[i] = 2 ** (zero & 3);
  });
  const shape: [number, number] = [rows, columns / 8];
  const small = [rows, Math.ceil(columns / group)];
  return {
    weight: { dtype: 'U32', shape, bytes: words(shape, (n, j, i) => q[n * columns + 8 * j + i] as number) },
    scales: { dtype: 'F16', shape: small, bytes: halves(s) },
    biases: { dtype: 'F16', shape: small, bytes: halves(s.map((scale, i) => -scale * (z[i] as number))) },
  };
}

const halves = (values: Float32Array) => new Uint8Array(Uint16Array.from(values, f16FromF32).buffer);
const floats = (shape: readonly number[], values: Float32Array): FileTensor => ({
  dtype: 'F32',
  shape,
  bytes: new Uint8Array(values.buffer),
});

function fileOf(tensors: Readonly<Record<string, FileTensor>>): Uint8Array {
  let at = 0;
  const header = Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
    at += bytes.length;
    return [name, { dtype, shape, data_offsets: [at - bytes.length, at] }];
  });
  return joinSafetensors(
    JSON.stringify(Object.fromEntries(header)),
    Object.values(tensors).map(({ bytes }) => bytes),
  );
}
