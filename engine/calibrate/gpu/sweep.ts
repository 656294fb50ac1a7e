/** Rounds matrices by a factor on the GPU, as `engine/calibrate/sweep.ts` defines it, some thousand rows at a time. */
import feed from '../../../wgsl/calibrate/feed.wgsl?raw';
import gridEven from '../../../wgsl/calibrate/grid-even.wgsl?raw';
import gridTable from '../../../wgsl/calibrate/grid-table.wgsl?raw';
import roundGroup from '../../../wgsl/calibrate/round-group.wgsl?raw';
import sweep from '../../../wgsl/calibrate/sweep.wgsl?raw';
import {
  type Buffer,
  createBuffer,
  type Gpu,
  readbackRing,
  submit,
  submittedWorkDone,
  writeBuffer,
} from '../../gpu/index.ts';
import type { CellRows } from '../../quant/cells/planes.ts';
import { rejectWeight } from '../../quant/m0e4.ts';
import {
  type Grid,
  type GridName,
  GROUP,
  gridOf,
  type RoundedGroups,
  roomForGroups,
  storedGroups,
} from '../grid.ts';
import { BLOCK, DEPTH, padded, TILE, tiled } from './factor.ts';
import { type CalibrationStep, runSteps } from './steps.ts';

const THREADS = 64;
/** Bytes of weights, and of errors, that are on the GPU at a time. */
export const MOST_BYTES = 64 << 20;
/** Columns whose errors are carried to all later ones at once. */
const SPAN = 4 * BLOCK;
/** Spans that are rounded in one submit. */
const SPANS_AT_ONCE = 2;
/** The shader's mark of a group whose scale exceeds a half. */
const BROKEN = 0xffffffff;

/** The factor of a product's inputs, and the tensor that is rounded by it. */
export interface SweptTensor {
  /** R f32[padded, padded] of inputs of `width`. */
  readonly factor: Buffer;
  readonly width: number;
  readonly name: string;
  readonly dtype: GridName;
}

/** `turn` is awaited before each submit. Throws `checkpoint-damaged` as `quantiseRows` does. */
export async function sweepOn(
  gpu: Gpu,
  swept: SweptTensor,
  weights: Float32Array,
  turn: () => Promise<void> = async () => {},
): Promise<CellRows> {
  const { width, name, dtype } = swept;
  requireFinite(weights, width, name);
  const rows = weights.length / width;
  const made = roomForGroups(rows, width);
  const groups = made.pairs.length / rows;
  const most = Math.max(1, Math.floor(MOST_BYTES / (4 * padded(width))));
  for (let first = 0; first < rows; first += most) {
    const part = weights.subarray(first * width, Math.min(rows, first + most) * width);
    const { nibbles, low, pairs } = await sweepPart(gpu, swept, part, turn);
    made.nibbles.set(nibbles, first * groups * 4);
    made.low.set(low, first * groups);
    made.pairs.set(pairs, first * groups);
  }
  const broken = made.pairs.indexOf(BROKEN);
  if (broken >= 0) {
    const row = Math.floor(broken / groups);
    const column = (broken % groups) * GROUP;
    rejectWeight(weights, row * width + column, row * width + Math.min(width, column + GROUP), width, name);
  }
  return storedGroups(dtype, width, made);
}

function requireFinite(weights: Float32Array, width: number, name: string): void {
  for (let i = 0; i < weights.length; i++) {
    if (!Number.isFinite(weights[i])) rejectWeight(weights, i, i + 1, width, name);
  }
}

async function sweepPart(
  gpu: Gpu,
  { factor, width, dtype }: SweptTensor,
  weights: Float32Array,
  turn: () => Promise<void>,
): Promise<RoundedGroups> {
  const rows = weights.length / width;
  const size = padded(width);
  const groups = rows * (size / GROUP);
  const made: Buffer[] = [];
  const create = (label: string, bytes: number) => {
    const buffer = createBuffer(gpu, label, bytes);
    made.push(buffer);
    return buffer;
  };
  try {
    const given = create('calibrated weights', weights.byteLength);
    const buffers = {
      factor,
      weights: given,
      carried: create('errors of columns', 4 * rows * size),
      nibbles: create('calibrated nibbles', 16 * groups),
      low: create('calibrated low bits', 4 * groups),
      pairs: create('calibrated scales', 4 * groups),
    };
    writeBuffer(gpu, given, 0, weights as Float32Array<ArrayBuffer>);
    const spans = Array.from({ length: Math.ceil(size / SPAN) }, (_, i) =>
      spanSteps(buffers, rows, width, i * SPAN, gridOf(dtype)),
    );
    for (let i = 0; i < spans.length; i += SPANS_AT_ONCE) {
      await turn();
      await runSteps(gpu, spans.slice(i, i + SPANS_AT_ONCE).flat());
      await submittedWorkDone(gpu);
    }
    const [nibbles, low, pairs] = await Promise.all([
      readWords(gpu, buffers.nibbles, 16 * groups),
      readWords(gpu, buffers.low, 4 * groups),
      readWords(gpu, buffers.pairs, 4 * groups),
    ]);
    return { nibbles, low, pairs };
  } finally {
    for (const buffer of made) buffer.destroy();
  }
}

/** Rounds the groups of a span one after the other, and carries their errors to the columns behind it. */
function spanSteps(
  buffers: CalibrationStep['buffers'],
  rows: number,
  width: number,
  from: number,
  grid: Grid,
): CalibrationStep[] {
  const size = padded(width);
  const end = Math.min(size, from + SPAN);
  const shader = { name: 'sweep', code: `${valuesOf(grid)}\n${roundGroup}\n${sweep}` };
  const { most, base, step, extra } = grid;
  const form = { most, base, step, extra, offset: grid.offset ? 1 : 0 };
  const steps: CalibrationStep[] = [];
  for (let first = from; first < end; first += BLOCK) {
    const place = { rows, k: width, padded: size, first, from_: from };
    const params = { ...place, size: BLOCK, quads: BLOCK / 4, ...form };
    steps.push({ shader, buffers, params, workgroups: Math.ceil(rows / THREADS) });
  }
  const tiles = Math.ceil(rows / TILE);
  const params = { rows, padded: size, first: from, size: SPAN, tiles, depth: DEPTH };
  const workgroups = Math.ceil((size - end) / TILE) * tiles;
  return workgroups === 0 ? steps : [...steps, { shader: tiled('feed', feed), buffers, params, workgroups }];
}

/** What q stands for. */
function valuesOf({ table }: Grid): string {
  if (table === undefined) return gridEven;
  return `const TABLE = array<f32, ${table.length}>(${table.map((x) => x.toFixed(1)).join(', ')});\n${gridTable}`;
}

async function readWords(gpu: Gpu, from: Buffer, bytes: number): Promise<Uint32Array> {
  const ring = readbackRing(gpu, from.label, bytes, 1);
  try {
    const slot = ring.take();
    submit(gpu, [], [], [{ from, to: slot.buffer, bytes }]);
    return new Uint32Array(await slot.read(bytes));
  } finally {
    ring.destroy();
  }
}
