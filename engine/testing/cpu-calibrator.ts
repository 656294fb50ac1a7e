/** For tests: calibration on the CPU, by the references of the ops and the meaning of the kernels. */
import { throwIfAborted } from '../base/errors.ts';
import type { Calibrator, Window } from '../calibrate/backend.ts';
import type { CalibrationStage } from '../calibrate/stages.ts';
import type { WeightSource } from '../runtime/index.ts';
import { addCross, addOuter, DAMPING, factorOf, shiftOf } from '../calibrate/factor.ts';
import { calibrateRows } from '../calibrate/sweep.ts';
import type { ValueId } from '../graph/graph.ts';
import { interpreter } from '../graph/interpret.ts';
import { tensorsOf } from '../graph/rows.ts';
import type { HostTensor } from '../tensor/tensor.ts';
import { hostTensor } from './interpreter-runtime.ts';

/**
 * `most`: of the windows, only so many are read. `onRun` gets the name of each stage that is run, `onExact` of each that is run with exact
 * weights.
 */
export function cpuCalibrator({
  most = 3,
  onRun,
  onExact,
}: {
  most?: number;
  onRun?(name: string): void;
  onExact?(name: string): void;
} = {}): Calibrator {
  return {
    damping: DAMPING,
    async open(all) {
      const windows = all.slice(0, most);
      const kept = new Map<ValueId, HostTensor[]>();
      const exact = new Map<ValueId, HostTensor[]>();
      const runOn = async (
        { graph, reads, keeps }: CalibrationStage,
        weights: WeightSource,
        signal: AbortSignal | undefined,
        into: typeof kept,
      ) => {
        const names = graph.values.flatMap(({ origin }) =>
          origin.kind === 'weight' ? tensorsOf(origin.rows) : [],
        );
        const tensors = new Map<string, HostTensor>();
        for (const name of new Set(names))
          tensors.set(name, await hostTensor(weights, name, weights.type(name)!.shape as number[]));
        const made = windows.map((ids: Window, i) => {
          throwIfAborted(signal, 'calibration');
          const run = interpreter(graph, (name) => tensors.get(name)!, ids.length);
          const inputs = Object.fromEntries(reads.map(({ id, name }) => [name, kept.get(id)![i]!]));
          const own = { ids: { shape: [ids.length], data: Uint32Array.from(ids) } };
          return run.run({ ...own, ...inputs }, { S: ids.length, P: 0, R: 0, W: 1, C: ids.length });
        });
        for (const { id, name } of keeps)
          into.set(
            id,
            made.map((outputs) => outputs[name]!),
          );
      };
      return {
        async run(stage, weights, signal) {
          onRun?.(stage.graph.name);
          await runOn(stage, weights, signal, kept);
        },
        async runExact(stage, input, weights, signal) {
          onExact?.(stage.graph.name);
          const only = { ...stage, keeps: stage.keeps.filter(({ id }) => id === input) };
          await runOn(only, weights, signal, exact);
        },
        async factor(input, k) {
          const sum = new Float64Array(k * k);
          for (const { data } of kept.get(input)!) addOuter(sum, data, k);
          for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) sum[i * k + j] = sum[j * k + i]!;
          const factor = factorOf(sum, k);
          const own = exact.get(input);
          exact.delete(input);
          const shift = own && shiftBy(kept.get(input)!, own, factor, k);
          return {
            quantise: async (weights, name) => calibrateRows(weights, k, 32, factor, name, shift),
            destroy: () => {},
          };
        },
        drop(values) {
          for (const id of values) kept.delete(id);
        },
        destroy: () => kept.clear(),
      };
    },
  };
}

function shiftBy(kept: HostTensor[], own: HostTensor[], factor: Float32Array, k: number): Float32Array {
  const cross = new Float64Array(k * k);
  for (const [i, { data }] of kept.entries()) addCross(cross, data, own[i]!.data, k);
  return shiftOf(cross, factor, k);
}
