/** For tests: calibration on the CPU, by the references of the ops and the meaning of the kernels. */
import { throwIfAborted } from '../base/errors.ts';
import type { Calibrator, Window } from '../calibrate/backend.ts';
import { addOuter, DAMPING, factorOf } from '../calibrate/factor.ts';
import { calibrateRows } from '../calibrate/sweep.ts';
import type { ValueId } from '../graph/graph.ts';
import { interpreter } from '../graph/interpret.ts';
import { tensorsOf } from '../graph/rows.ts';
import type { HostTensor } from '../tensor/tensor.ts';
import { hostTensor } from './interpreter-runtime.ts';

/** `most`: of the windows, only so many are read. `onRun` gets the name of each stage that is run. */
export function cpuCalibrator({
  most = 3,
  onRun,
}: {
  most?: number;
  onRun?(name: string): void;
} = {}): Calibrator {
  return {
    damping: DAMPING,
    async open(all) {
      const windows = all.slice(0, most);
      const kept = new Map<ValueId, HostTensor[]>();
      return {
        async run({ graph, reads, keeps }, weights, signal, take) {
          onRun?.(graph.name);
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
          const [result] = keeps;
          if (take !== undefined && result !== undefined) {
            for (const [i, outputs] of made.entries()) take(i, outputs[result.name]!.data as Float32Array);
            return;
          }
          for (const { id, name } of keeps)
            kept.set(
              id,
              made.map((outputs) => outputs[name]!),
            );
        },
        async factor(input, k) {
          const sum = new Float64Array(k * k);
          for (const { data } of kept.get(input)!) addOuter(sum, data, k);
          for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) sum[i * k + j] = sum[j * k + i]!;
          const factor = factorOf(sum, k);
          return {
            quantise: async (weights, { name, dtype }) => calibrateRows(weights, k, dtype, factor, name),
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
