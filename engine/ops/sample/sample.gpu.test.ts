/**
 * Both halves of the sampler on fuzzed logits and settings: the same id as on the CPU, bit for bit; f16 logits where
 * the adapter has f16.
 */
import { expect, test } from 'vitest';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import {
  type Buffer,
  createBindGroup,
  createBuffer,
  openGpu,
  pipelineCache,
  readbackRing,
  submit,
  writeBuffer,
} from '../../gpu/index.ts';
import { wordRow } from '../penalise/index.ts';
import { opNamed } from '../index.ts';
import { MASK_WORDS, type Mask, maskWords, NO_MASK } from '../../sampling/mask.ts';
import { sample } from '../../sampling/sample.ts';
import { type Sampling, samplingWords } from '../../sampling/settings.ts';
import { f16Array, f32ArrayFromF16 } from '../../tensor/f16.ts';
import { seededRandom } from '../../tensor/random.ts';
import type { ActivationDType, TensorType } from '../../tensor/tensor.ts';
import { specialise } from '../../kernels/kernel.ts';
import { selectKernel } from '../select-kernel.ts';

const VOCABULARY = 3001;
const TOKENS = 40;
const ROUNDS = 120;
const SEED = 20261121;

type Types = Readonly<Record<string, TensorType>>;

async function sampler(dtype: ActivationDType) {
  const opened = await openTestGpu();
  const gpu = await openGpu(opened.gpu);
  const buffers = new Map<string, Buffer>();
  const bufferOf = (name: string, bytes: number) => {
    const known = buffers.get(name) ?? createBuffer(gpu, name, bytes);
    buffers.set(name, known);
    return known;
  };
  const build = async (op: string, inputs: Types, attributes: { [name: string]: number }, names: object) => {
    const types = { ...inputs, ...opNamed(op).infer(inputs, attributes) };
    const node = { op, name: op, types, attributes, rows: {}, caps: { f16: opened.f16 } };
    const [made] = specialise(selectKernel(node).kernel, node);
    if (made === undefined) throw new Error(`${op} makes no dispatch`);
    const pipeline = await pipelineCache(gpu).get({ ...made, label: op });
    const params = createBuffer(gpu, 'params', made.layout.size, 'params');
    writeBuffer(gpu, params, 0, Uint32Array.from(made.params as number[]));
    const bound = made.bindings.map(({ binding, value }) => {
      const name = (names as Record<string, string>)[value] ?? value;
      return {
        binding,
        buffer: value === 'params' ? params : bufferOf(name, 4 * Math.max(VOCABULARY, MASK_WORDS)),
      };
    });
    return {
      dispatch: { pipeline, bindings: createBindGroup(gpu, pipeline, bound) },
      workgroups: made.workgroups as number,
    };
  };
  const x: TensorType = { dtype, shape: [1, VOCABULARY] };
  const row = { x, sampling: wordRow(8), history: wordRow(TOKENS), mask: wordRow(MASK_WORDS) };
  const one = await build('penalise', row, { tokens: TOKENS }, { out: 'penalised' });
  const made = opNamed('penalise').infer(row, { tokens: TOKENS });
  const rest = { x: made.out!, maxima: made.maxima!, sampling: wordRow(8) };
  const two = await build('sample', rest, { position: TOKENS }, { x: 'penalised' });
  const ring = readbackRing(gpu, 'id', 4, 1);
  return {
    f16: opened.f16,
    async id(
      logits: Float32Array,
      sampling: Sampling,
      seen: Uint32Array<ArrayBuffer>,
      mask: Mask,
    ): Promise<number> {
      const halves = new Uint16Array(Math.ceil(VOCABULARY / 2) * 2);
      halves.set(dtype === 'f16' ? f16Array(logits) : []);
      writeBuffer(gpu, buffers.get('x')!, 0, dtype === 'f16' ? halves : Float32Array.from(logits));
      writeBuffer(gpu, buffers.get('sampling')!, 0, samplingWords(sampling));
      writeBuffer(gpu, buffers.get('history')!, 0, seen);
      writeBuffer(gpu, buffers.get('mask')!, 0, maskWords(mask));
      const slot = ring.take();
      const from = buffers.get('out')!;
      const copy = { from, to: slot.buffer, bytes: 4 };
      submit(gpu, [one.dispatch, two.dispatch], [one.workgroups, two.workgroups], [copy]);
      return new Uint32Array(await slot.read(4))[0]!;
    },
  };
}

test.for(['f32', 'f16'] as const)(`%s logits, seed ${SEED}`, async (dtype, t) => {
  const { f16, name } = await openTestGpu();
  if (dtype === 'f16' && !f16) return t.skip(`${name} has no shader-f16`);
  const gpu = await sampler(dtype);
  const random = seededRandom(SEED);
  const maybe = <T>(value: T, otherwise: T) => (random() < 0.6 ? value : otherwise);
  for (let round = 0; round < ROUNDS; round++) {
    const spread = 10 ** (random() * 2.5 - 1);
    const levels = maybe(Number.POSITIVE_INFINITY, 1 + Math.floor(random() * 6));
    const drawn = Float32Array.from({ length: VOCABULARY }, () => {
      const value = (random() + random() + random() - 1.5) * spread;
      return levels === Number.POSITIVE_INFINITY ? value : Math.round(value / spread / (3 / levels));
    });
    const logits = dtype === 'f16' ? f32ArrayFromF16(f16Array(drawn)) : drawn;
    const sampling: Sampling = {
      temperature: maybe(0.1 + random() * 3, 0),
      topK: maybe(1 + Math.floor(random() ** 4 * VOCABULARY), 0),
      topP: maybe(random() ** 0.3, 1),
      minP: maybe(random() ** 3, 0),
      repetitionPenalty: maybe(0.5 + random() * 2, 1),
      seed: Math.floor(random() * 2 ** 53),
    };
    const seen = Uint32Array.from({ length: TOKENS }, () => Math.floor(random() * VOCABULARY));
    const only = random() < 0.5;
    const named = Array.from({ length: 1 + Math.floor(random() * 900) }, () =>
      Math.floor(random() * VOCABULARY),
    );
    const mask = maybe<Mask>({ ids: named, only }, NO_MASK);
    const want = sample(logits, sampling, { position: TOKENS, seen, mask });
    expect(
      await gpu.id(logits, sampling, seen, mask),
      JSON.stringify({ round, sampling, spread, levels }),
    ).toBe(want);
  }
});
