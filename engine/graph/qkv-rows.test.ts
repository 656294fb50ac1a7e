/** Compares the merged q, k, v product with its parts, through the row order in which weights are uploaded. */
import { describe, expect, it } from 'vitest';
import { opNamed } from '../ops/index.ts';
import { caseInputs } from '../ops/lib/case-inputs.ts';
import type { Attributes, Tensors } from '../tensor/signature.ts';
import type { HostTensor } from '../tensor/tensor.ts';
import type { RowOrder, WeightRows } from './graph.ts';
import { gatherRows } from './interpret.ts';

const outOf = (op: string, inputs: Tensors, attributes: Attributes, binding: Record<string, number>) =>
  opNamed(op).reference(inputs, attributes, binding).out!;

describe('qkv', () => {
  // A weight in checkpoint order; the fused op gets it reordered, as the uploader does.
  it.each(opNamed('qkv').cases.filter((row) => row.heavy !== true))(
    'is linear and rope, reordered: $name',
    (row) => {
      const { headWidth, rotary, heads, kvHeads } = row.attributes as Record<string, number>;
      const plain = caseInputs(row, 7);
      const parts = [heads!, kvHeads!, kvHeads!].map((n) => n * headWidth!);
      const order: RowOrder = { kind: 'rope-pairs', headWidth: headWidth!, rotary: rotary! };
      const rows: WeightRows = {
        kind: 'concat',
        parts: parts.map((_, i) => ({ kind: 'tensor', tensor: String(i), ...(i < 2 ? { order } : {}) })),
      };
      const cut = (t: HostTensor, i: number): HostTensor => {
        const width = t.shape[1] ?? 1;
        const from = parts.slice(0, i).reduce((a, b) => a + b, 0) * width;
        return {
          shape: [parts[i]!, ...t.shape.slice(1)],
          data: t.data.slice(from, from + parts[i]! * width),
        };
      };
      const merged = (t: HostTensor) => gatherRows(rows, (tensor) => cut(t, Number(tensor)));
      const fused = opNamed('qkv').reference(
        { ...plain, weight: merged(plain.weight!), ...(plain.bias ? { bias: merged(plain.bias) } : {}) },
        row.attributes,
        row.binding,
      );

      for (const [i, name] of ['q', 'k', 'v'].entries()) {
        const { x, norm, table } = plain;
        const bias: Tensors = plain.bias === undefined ? {} : { bias: cut(plain.bias, i) };
        const inputs = { x: x!, weight: cut(plain.weight!, i), ...bias, ...(norm ? { norm } : {}) };
        const flat = outOf('linear', inputs, row.attributes, row.binding);
        const turned = { ...row.attributes, pairs: false };
        const expected = i === 2 ? flat : outOf('rope', { x: flat, table: table! }, turned, row.binding);
        // Columns of q and k come out in pairs order, so the expected ones are put into it as well.
        const columns = transposed(fused[name]!);
        const reordered =
          i === 2
            ? transposed(expected)
            : gatherRows({ kind: 'tensor', tensor: 't', order }, () => transposed(expected));
        let furthest = 0;
        columns.data.forEach((value, at) => {
          furthest = Math.max(furthest, Math.abs(value - reordered.data[at]!));
        });
        expect(furthest).toBeLessThan(1e-5);
      }
    },
  );
});

function transposed(t: HostTensor): HostTensor {
  const [rows, cols] = t.shape as [number, number];
  const data = Float32Array.from(
    { length: rows * cols },
    (_, i) => t.data[(i % rows) * cols + Math.floor(i / rows)]!,
  );
  return { shape: [cols, rows], data };
}
