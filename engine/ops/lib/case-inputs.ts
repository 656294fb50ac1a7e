/**
 * Input tensors for op cases: equal for equal case and seed, so that a CPU reference and a kernel compute on the same
 * numbers. Also converts a case to other element types.
 */
import { evaluate } from '../../symbolic/evaluate.ts';
import { randomTensor, seededRandom } from '../../tensor/random.ts';
import type { ActivationDType, HostTensor, TensorType } from '../../tensor/tensor.ts';
import { constantTable } from '../rope/table.ts';
import type { OpCase } from '../op.ts';
import type { Tensors, Types } from '../../tensor/signature.ts';

/** Names of inputs that are weights, norms, tables or f32 states; all others are activations. A new op uses these names. */
const NOT_ACTIVATIONS = new Set([
  'ids',
  'weight',
  'table',
  'norm',
  'q_norm',
  'k_norm',
  'bias',
  'gain',
  'sinks',
  'shift',
  'weights',
  'carried',
  'scale',
]);

/** The case with its activations (and the dtype that embed produces) as f32 or f16. */
export function withActivations(row: OpCase, dtype: ActivationDType): OpCase {
  const entries = Object.entries(row.inputs).map(([name, type]): [string, TensorType] => [
    name,
    NOT_ACTIVATIONS.has(name) || row.given?.[name] !== undefined || type.dtype === 'kv8'
      ? type
      : { ...type, dtype },
  ]);
  const attributes = row.attributes.dtype === undefined ? row.attributes : { ...row.attributes, dtype };
  return { ...row, inputs: Object.fromEntries(entries), attributes };
}

export function shapeOf(type: TensorType, binding: OpCase['binding']): number[] {
  return type.shape.map((d) => evaluate(d, binding));
}

/** Draws ids within the table, real cosines and sines, norms around 1, and weights that keep sums around 1. */
export function caseInputs(row: OpCase, seed = 1): Tensors {
  const random = seededRandom(seed);
  const tensor = (name: string, type: TensorType): HostTensor => {
    const shape = shapeOf(type, row.binding);
    const data = row.given?.[name];
    if (data !== undefined) return { shape, data };
    if (name === 'ids') {
      const vocab = evaluate((row.inputs as Types).table!.shape[0]!, row.binding);
      return { shape, data: Uint32Array.from({ length: shape[0]! }, () => Math.floor(random() * vocab)) };
    }
    if (name === 'table' && row.attributes.position !== undefined) {
      const half = shape[1]! / 2;
      const frequencies = Array.from({ length: half }, (_, i) => 10000 ** (-i / half));
      return constantTable({ kind: 'rope', frequencies, scale: 1 }, shape[0]!);
    }
    if (shape.length === 1)
      return randomTensor(shape, random, { spread: 0.5, centre: name === 'bias' ? 0 : 1 });
    return randomTensor(shape, random, name === 'weight' ? { spread: Math.sqrt(3 / shape[1]!) } : {});
  };
  return Object.fromEntries(Object.entries(row.inputs).map(([name, type]) => [name, tensor(name, type)]));
}
