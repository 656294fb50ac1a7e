/** The tensors of a checkpoint, read once in the order in which layers need them; those that no later layer needs are let go. */
import { concatBytes } from '../../base/bytes.ts';
import { invariant } from '../../base/errors.ts';
import type { WeightSource } from '../../runtime/index.ts';
import type { TensorType } from '../../tensor/tensor.ts';
import type { Checkpoint, CheckpointTensor } from '../../weights/formats/checkpoint-tensor.ts';
import { publishedRows, STORE_GROUP } from '../../weights/import/convert.ts';
import { bytesOf, encodeTask, type RowTask, widened } from '../../weights/import/encode.ts';
import type { Encoders } from '../../weights/import/encoders.ts';
import { matrix, type StoredTensor } from '../../weights/store/manifest.ts';
import { hasGroup } from '../../tensor/tensor.ts';

export interface OriginalTensors {
  /** Reads what is missing of a layer's tensors, and lets go of those that only earlier layers needed. */
  load(layer: number): Promise<void>;
  /** The values of the checkpoint, in f32. */
  readonly own: WeightSource;
  /** As an import would store them. */
  encoded(tensors: readonly StoredTensor[]): WeightSource;
  close(): Promise<void>;
}

export interface OriginalOptions {
  readonly encoders: Encoders | undefined;
  readonly signal: AbortSignal | undefined;
  /** Bytes of the checkpoint. */
  onRead(done: number, total: number): void;
}

/** Numbers that are encoded at once: some hundredths of a second. */
const BLOCK_NUMBERS = 1 << 18;

/** `layers`: the names of each layer's tensors, which are in f32, f16 or bf16. */
export function originalTensors(
  checkpoint: Checkpoint,
  layers: readonly (readonly string[])[],
  { encoders, signal, onRead }: OriginalOptions,
): OriginalTensors {
  const order = [...new Set(layers.flat())];
  const sourceOf = (name: string) => checkpoint.tensors.get(name) as CheckpointTensor;
  const total = order.reduce((sum, name) => sum + sourceOf(name).bytes, 0);
  const blocks = publishedRows(checkpoint, order, signal)[Symbol.asyncIterator]();
  const held = new Map<string, { readonly bytes: Uint8Array; filled: number }>();
  let done = 0;
  const isWhole = (name: string) => held.get(name)?.filled === sourceOf(name).bytes;

  const rowsOf = (name: string, first: number, count: number): Uint8Array => {
    const source = sourceOf(name);
    const size = source.bytes / matrix(source.shape).rows;
    const tensor = held.get(name);
    invariant(tensor?.filled === source.bytes, 'loss', `${name} is not at hand`);
    return tensor.bytes.slice(first * size, (first + count) * size);
  };
  const plain = (name: string, first: number, count: number) =>
    bytesOf(widened(rowsOf(name, first, count), sourceOf(name).dtype));

  const encode = (task: RowTask) => encoders?.encode(task) ?? afterOthers(() => encodeTask(task));
  const encodedRows = async (target: StoredTensor, first: number, count: number) => {
    const { name, dtype, shape, group = STORE_GROUP } = target;
    const { columns } = matrix(shape);
    const step = Math.max(1, Math.floor(BLOCK_NUMBERS / columns));
    const parts: Promise<Uint8Array[]>[] = [];
    for (let row = first; row < first + count; row += step) {
      const block = rowsOf(name, row, Math.min(step, first + count - row));
      const from = sourceOf(name).dtype;
      const next = encode({ block, from, dtype, columns, group, name, firstRow: row });
      next.catch(() => {}); // it is awaited in its turn
      parts.push(next);
    }
    const made: Uint8Array[][] = [];
    for (const part of parts) made.push(await part);
    const section = (s: number) => concatBytes(made.map((sections) => sections[s] as Uint8Array));
    return made[0]?.length === 2 ? { data: section(0), scales: section(1) } : { data: section(0) };
  };

  return {
    async load(layer) {
      const needed = layers[layer] ?? [];
      const later = new Set(layers.slice(layer).flat());
      for (const name of held.keys()) if (!later.has(name)) held.delete(name);
      while (!needed.every(isWhole)) {
        const { done: ended, value } = await blocks.next();
        invariant(ended !== true, 'loss', 'the checkpoint ended early');
        const name = order[value.tensor] as string;
        const tensor = held.get(name) ?? { bytes: new Uint8Array(sourceOf(name).bytes), filled: 0 };
        held.set(name, tensor);
        tensor.bytes.set(value.block, tensor.filled);
        tensor.filled += value.block.length;
        done += value.block.length;
        onRead(done, total);
      }
    },
    own: {
      type: (name) =>
        checkpoint.tensors.has(name) ? { dtype: 'f32', shape: sourceOf(name).shape } : undefined,
      read: async (name, first, count) => ({ data: plain(name, first, count) }),
    },
    encoded(tensors) {
      const targets = new Map(tensors.map((tensor) => [tensor.name, tensor]));
      return {
        type: (name) => typeOf(targets.get(name)),
        read: async (name, first, count) => encodedRows(targets.get(name) as StoredTensor, first, count),
      };
    },
    async close() {
      held.clear();
      await blocks.return?.();
    },
  };
}

export function typeOf(tensor: StoredTensor | undefined): TensorType | undefined {
  if (tensor === undefined) return undefined;
  const { dtype, shape, group = STORE_GROUP } = tensor;
  return hasGroup(dtype) ? { dtype, shape, group } : { dtype, shape };
}

/** Lets messages be received first. */
async function afterOthers<T>(work: () => T): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  return work();
}
