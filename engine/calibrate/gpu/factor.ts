/** XᵀX and its factor on the GPU, as `engine/calibrate/factor.ts` defines them. Matrices are padded to whole blocks of 32. */
import factorBlock from '../../../wgsl/calibrate/factor-block.wgsl?raw';
import factorPanel from '../../../wgsl/calibrate/factor-panel.wgsl?raw';
import factorUpdate from '../../../wgsl/calibrate/factor-update.wgsl?raw';
import damp from '../../../wgsl/calibrate/damp.wgsl?raw';
import outer from '../../../wgsl/calibrate/outer.wgsl?raw';
import tile from '../../../wgsl/calibrate/tile.wgsl?raw';
import { type Buffer, createBuffer, type Gpu, submittedWorkDone } from '../../gpu/index.ts';
import { DAMPING } from '../factor.ts';
import { type CalibrationShader, type CalibrationStep, runSteps } from './steps.ts';

/** Columns of a block. */
export const BLOCK = 32;
/** Rows and columns of the tile that a workgroup of a product computes, and the depth that it stages at a time. */
export const TILE = 64;
export const DEPTH = 16;
const PANEL_ROWS = 64;
/** Blocks that are factored in one submit. */
const BLOCKS_AT_ONCE = 8;

/** A kernel that computes tiles. */
export const tiled = (name: string, code: string): CalibrationShader => ({ name, code: `${tile}\n${code}` });

export const padded = (width: number): number => Math.ceil(width / BLOCK) * BLOCK;

/** Bytes of the matrix for inputs of this width. */
export const matrixBytes = (width: number): number => 4 * padded(width) ** 2;

/** A zeroed matrix f32[padded, padded]. */
export function createMatrix(gpu: Gpu, width: number): Buffer {
  return createBuffer(gpu, 'calibration matrix', matrixBytes(width));
}

/** Adds XᵀX of x f32[rows, width] to the matrix. */
export async function addOuterOn(
  gpu: Gpu,
  sum: Buffer,
  x: Buffer,
  rows: number,
  width: number,
): Promise<void> {
  const tiles = Math.ceil(padded(width) / TILE);
  const params = { rows, k: width, padded: padded(width), tiles, depth: DEPTH };
  await runSteps(gpu, [
    { shader: tiled('outer', outer), buffers: { x, sum }, params, workgroups: tiles * tiles },
  ]);
}

/** Overwrites the upper triangle of the matrix by its factor R. `turn` is awaited before each submit. */
export async function factorOn(
  gpu: Gpu,
  sum: Buffer,
  width: number,
  damping = DAMPING,
  turn: () => Promise<void> = async () => {},
): Promise<void> {
  const least = createBuffer(gpu, 'least pivot', 4);
  const size = padded(width);
  const dampStep: CalibrationStep = {
    shader: { name: 'damp', code: damp },
    buffers: { sum, least },
    params: { k: width, padded: size, damping },
    workgroups: 1,
  };
  try {
    await runSteps(gpu, [dampStep]);
    for (let end = size; end > 0; end -= BLOCK * BLOCKS_AT_ONCE) {
      await turn();
      const firsts = Array.from({ length: BLOCKS_AT_ONCE }, (_, i) => end - (i + 1) * BLOCK);
      await runSteps(
        gpu,
        firsts.filter((first) => first >= 0).flatMap((first) => blockSteps(sum, least, size, first)),
      );
      await submittedWorkDone(gpu);
    }
  } finally {
    least.destroy();
  }
}

function blockSteps(sum: Buffer, least: Buffer, size: number, first: number): CalibrationStep[] {
  const params = { padded: size, first, size: BLOCK };
  const tiles = Math.ceil(first / TILE);
  const block = { name: 'factor block', code: factorBlock };
  const panel = { name: 'factor panel', code: factorPanel };
  const update = tiled('factor update', factorUpdate);
  const all: CalibrationStep[] = [
    { shader: block, buffers: { sum, least }, params, workgroups: 1 },
    { shader: panel, buffers: { sum }, params, workgroups: Math.ceil(first / PANEL_ROWS) },
    {
      shader: update,
      buffers: { sum },
      params: { ...params, tiles, depth: DEPTH },
      workgroups: tiles * tiles,
    },
  ];
  return all.filter(({ workgroups }) => workgroups > 0);
}
