/** Shader parts and header lines for weights in row cells (tensor/cells.ts). */
import cell from '../../wgsl/lib/weights/cell.wgsl?raw';
import scales from '../../wgsl/lib/weights/cell-scales.wgsl?raw';
import unpackF16 from '../../wgsl/lib/weights/cell-unpack-f16.wgsl?raw';
import unpackF32 from '../../wgsl/lib/weights/cell-unpack-f32.wgsl?raw';
import { type CellForm, type CellScales, cellForm, cellGroup } from '../tensor/cells.ts';
import { type TensorType, zonesOf } from '../tensor/tensor.ts';

/** In the order of the numbers in cell-scales.wgsl. */
const SCALES: readonly CellScales[] = [
  'half',
  'pair',
  'exponent',
  'single',
  'six-min',
  'six',
  'six-32',
  'eight',
  'four-min',
  'pair-bf16',
  'pair-f32',
  'zero',
  'zero-bf16',
  'half-256',
  'sign-128',
];

/** As cell.wgsl numbers them: whole numbers, a table, floats in 8 bits. */
const valuesOf = ({ table, float }: CellForm): number =>
  float !== undefined ? 2 : table !== undefined ? 1 : 0;

/** The cells of a matrix: one, or two by rows. Empty for other types of weights. */
function formsOf(type: TensorType): readonly CellForm[] {
  return zonesOf(type).map(({ dtype }) => cellForm(dtype));
}

/** Two cells share one table at most (graph/passes/merge-weights.ts). */
export function cellParts(type: TensorType, f16: boolean): string[] {
  const values =
    formsOf(type).find(({ table }) => table !== undefined)?.table ?? new Array<number>(16).fill(0);
  const numbers = values.map((x) => x.toExponential()).join(', ');
  const table = `var<private> cell_table: array<f32, 16> = array<f32, 16>(${numbers});`;
  return [cell, scales, f16 ? unpackF16 : unpackF32, table];
}

/** Header lines of {@link cellParts}; none for other types. `first`: index of the first row that is bound. */
export function cellHeader(type: TensorType, first: number): Record<string, string> {
  const forms = formsOf(type);
  const [zone, other] = zonesOf(type);
  const lines = forms.map((form, i) => ({
    [`MAIN_${i + 1}`]: `${form.main}u`,
    [`EXTRA_${i + 1}`]: `${form.extra}u`,
    [`SCALES_${i + 1}`]: `${SCALES.indexOf(form.scales)}u`,
    [`ZERO_${i + 1}`]: form.zero.toFixed(1),
    [`SHIFT_${i + 1}`]: `${Math.log2((form.group ?? 32) / 32)}u`,
    [`VALUES_${i + 1}`]: `${valuesOf(form)}u`,
  }));
  if (zone === undefined) return {};
  if (other === undefined) {
    const again = Object.entries(lines[0] ?? {}).map(([name, value]) => [name.replace('_1', '_2'), value]);
    return { ...lines[0], ...(Object.fromEntries(again) as Record<string, string>) };
  }
  return { ...lines[0], ...lines[1], SPLIT: `${Math.max(0, zone.rows - first)}u` };
}

/** Header line of gemv.wgsl where 16 weights share a scale, half a chunk. */
export function cellHalves(type: TensorType): Record<string, string> {
  return zonesOf(type).some(({ dtype }) => cellGroup(dtype) === 16) ? { PARTS: '2u' } : {};
}
