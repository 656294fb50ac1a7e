/**
 * Runs one node alone on the GPU, for self-tests, the measured search and the tests of kernels. It has its own buffers
 * and parameters, and needs no model.
 */
import { fail } from '../../base/errors.ts';
import {
  type Buffer,
  createBindGroup,
  createBuffer,
  type Dispatch,
  type Gpu,
  pipelineCache,
  readbackRing,
  submittedWorkDone,
  submit,
  writeBuffer,
} from '../../gpu/index.ts';
import { withImmediates } from '../../kernels/immediates.ts';
import { type Kernel, type KernelInput, specialise } from '../../kernels/kernel.ts';
import { evaluate } from '../../symbolic/evaluate.ts';
import { bounds } from '../../symbolic/relate.ts';
import type { TensorType } from '../../tensor/tensor.ts';
import { layOut } from '../program/params.ts';
import { type WeightPart, roomOf, rowBytes } from '../memory/segments.ts';

/** Bytes as a GPU buffer holds them, by `value part`: `weight data`, `weight scales`, `out data`. */
export type NodeBytes = Readonly<Record<string, ArrayBufferView<ArrayBuffer>>>;

export interface SingleNode {
  readonly dispatchCount: number;
  /** Runs `times` times in one submit; resolves when the GPU is done. */
  run(times?: number): Promise<void>;
  read(name: string): Promise<ArrayBuffer>;
  destroy(): void;
}

/**
 * All symbols of `node` must be bound. `bytes` has every input and output, outputs with their initial contents; an
 * input in segments is passed whole and cut here.
 */
export async function openSingleNode(
  gpu: Gpu,
  kernel: Kernel,
  node: KernelInput,
  bytes: NodeBytes,
): Promise<SingleNode> {
  const plain = specialise(kernel, node);
  const immediate = node.caps.variants?.immediates === true ? withImmediates(plain, true) : undefined;
  const made = immediate?.steps ?? plain;
  const pipelines = await Promise.all(
    made.map((step) => pipelineCache(gpu).get({ ...step, label: step.kernel })),
  );
  const params = layOut(gpu, made, immediate?.words);
  const buffers = new Map<string, Buffer>();
  const all: Buffer[] = [params.buffer];
  const add = (name: string, segment: number, view: ArrayBufferView<ArrayBuffer>) => {
    const type = node.types[name.split(' ')[0] as string] as TensorType | undefined;
    const size = type === undefined ? view.byteLength : roomOf(type, 1, view.byteLength);
    const buffer = createBuffer(gpu, name, size);
    writeBuffer(gpu, buffer, 0, view);
    buffers.set(`${name} ${segment}`, buffer);
    all.push(buffer);
  };
  for (const [name, view] of Object.entries(bytes)) {
    const [value, part] = name.split(' ') as [string, WeightPart];
    const rows = node.segments?.[value] ?? [];
    if (rows.length < 2) add(name, 0, view);
    else {
      const bytes = new Map(rowBytes(node.types[value] as TensorType)).get(part) as number;
      cutBytes(view, rows, bytes).forEach((segment, i) => {
        add(name, i, segment);
      });
    }
  }
  const workspace = bounds(kernel.workspace?.(node) ?? 0).max;
  if (kernel.workspace !== undefined) add('workspace data', 0, new Uint8Array(Math.max(16, workspace)));

  const dispatches = made.map((step, i): Dispatch => {
    const pipeline = pipelines[i] as (typeof pipelines)[number];
    const bound = step.bindings.map(({ binding, value, part, segment }) => {
      if (value === 'params')
        return {
          binding,
          buffer: params.buffer,
          offset: params.offsets[i] as number,
          size: step.layout.size,
        };
      const buffer = buffers.get(`${value} ${part} ${segment}`);
      if (buffer === undefined)
        fail('internal', { who: 'single node', message: 'nothing to bind', got: value });
      return { binding, buffer };
    });
    return { pipeline, bindings: createBindGroup(gpu, pipeline, bound) };
  });
  const workgroups = made.map((step) => evaluate(step.workgroups, {}));
  return {
    dispatchCount: workgroups.filter((count) => count > 0).length,
    async run(times = 1) {
      const repeated = <T>(list: readonly T[]): T[] => Array.from({ length: times }, () => list).flat();
      const all = repeated(dispatches);
      submit(gpu, all, repeated(workgroups), [], 0, all.length, params.immediates);
      await submittedWorkDone(gpu);
    },
    async read(name) {
      const from = buffers.get(`${name} data 0`);
      if (from === undefined) fail('internal', { who: 'single node', message: 'nothing to read', got: name });
      const ring = readbackRing(gpu, name, from.bytes, 1);
      const slot = ring.take();
      submit(gpu, [], [], [{ from, to: slot.buffer, bytes: from.bytes }]);
      const copy = await slot.read(from.bytes);
      ring.destroy();
      return copy;
    },
    destroy() {
      for (const buffer of all) buffer.destroy();
    },
  };
}

function cutBytes(
  view: ArrayBufferView<ArrayBuffer>,
  rows: readonly number[],
  bytesPerRow: number,
): Uint8Array<ArrayBuffer>[] {
  let start = view.byteOffset;
  return rows.map((count, i) => {
    const end = i === rows.length - 1 ? view.byteOffset + view.byteLength : start + count * bytesPerRow;
    const segment = new Uint8Array(view.buffer, start, end - start);
    start = end;
    return segment;
  });
}
