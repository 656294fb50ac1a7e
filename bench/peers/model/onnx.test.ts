/** Reads the written bytes back with an independent reader of the wire format. ONNX Runtime reads them in the bench. */
import { expect, test } from 'vitest';
import type { Shape } from '../../shapes.ts';
import { onnxOf } from './onnx-llama.ts';
import { joinParts } from './file-parts.ts';
import { varint } from './protobuf.ts';
import { BLOCK, blocksOf, matricesOf } from './random-model.ts';

const SHAPE: Shape = { hidden: 64, layers: 2, heads: 4, kvHeads: 2, headWidth: 16, ffn: 96, vocab: 96 };

type Value = bigint | Uint8Array;

/** Fields of a message by number, in order. */
function fields(bytes: Uint8Array): Map<number, Value[]> {
  const all = new Map<number, Value[]>();
  let at = 0;
  const number = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] as number;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const take = (length: number) => bytes.subarray(at, (at += length));
  while (at < bytes.length) {
    const key = Number(number());
    const kind = key & 7;
    const value = kind === 0 ? number() : take(kind === 5 ? 4 : Number(number()));
    all.set(key >> 3, [...(all.get(key >> 3) ?? []), value]);
  }
  expect(at).toBe(bytes.length);
  return all;
}

const messages = (of: Map<number, Value[]>, field: number) =>
  (of.get(field) ?? []).map((bytes) => fields(bytes as Uint8Array));
const texts = (of: Map<number, Value[]>, field: number) =>
  (of.get(field) ?? []).map((bytes) => new TextDecoder().decode(bytes as Uint8Array));

const graphOf = (type: 'float32' | 'float16') =>
  messages(fields(joinParts(onnxOf(SHAPE, 2, type))), 7)[0] ?? expect.fail();

test('encodes integers of any size and sign', () => {
  expect([...varint(1)]).toEqual([1]);
  expect([...varint(300)]).toEqual([0xac, 2]);
  expect([...varint(-1)]).toEqual([255, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
  expect([...varint(2n ** 63n - 1n)]).toHaveLength(9);
});

test('every node input is defined before the node, and every graph output is defined', () => {
  const graph = graphOf('float32');
  const made = new Set(['', ...messages(graph, 5).flatMap((t) => texts(t, 8))]);
  for (const input of messages(graph, 11)) made.add(texts(input, 1)[0] as string);
  for (const node of messages(graph, 1)) {
    for (const input of texts(node, 1)) expect([...made]).toContain(input);
    for (const output of texts(node, 2)) made.add(output);
  }
  const outputs = messages(graph, 12).flatMap((output) => texts(output, 1));
  expect(outputs.sort()).toEqual(
    ['logits', 'present.0.key', 'present.0.value', 'present.1.key', 'present.1.value'].sort(),
  );
  for (const output of outputs) expect(made).toContain(output);
});

test('a matrix has two nibbles per byte, and scales in f32 or f16', () => {
  const matrix = matricesOf(SHAPE, 2).find(({ name }) => name.includes('up_proj')) ?? expect.fail();
  const { nibbles, scales } = blocksOf(matrix);
  const initialiser = (type: 'float32' | 'float16', name: string) => {
    const tensor = messages(graphOf(type), 5).find((t) => texts(t, 8)[0] === name) ?? expect.fail();
    return {
      dims: tensor.get(1),
      type: tensor.get(2),
      data: (tensor.get(9) as Uint8Array[])[0] as Uint8Array,
    };
  };
  const packed = initialiser('float32', `${matrix.name}_Q4`);
  expect(packed.dims).toEqual([96n, 2n, BigInt(BLOCK / 2)]);
  expect([...packed.data].flatMap((byte) => [byte & 15, byte >> 4])).toEqual([...nibbles]);
  const full = initialiser('float32', `${matrix.name}_scales`);
  expect(full.type).toEqual([1n]);
  expect(new Float32Array(full.data.slice().buffer)).toEqual(scales);
  const half = initialiser('float16', `${matrix.name}_scales`);
  expect(half.type).toEqual([10n]);
  expect(half.data.length).toBe(scales.length * 2);
});
