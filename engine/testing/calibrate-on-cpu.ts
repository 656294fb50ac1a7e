/** For tests: calibration on the CPU, by the meanings of ops and the references of `engine/calibrate`. */
import { throwIfAborted } from '../base/errors.ts';
import type { CalibrationBackend, Window } from '../calibrate/backend.ts';
import { addOuter, factorOf } from '../calibrate/factor.ts';
import { calibrateRows } from '../calibrate/sweep.ts';
import type { ValueId } from '../graph/graph.ts';
import { interpreter } from '../graph/interpret.ts';
import { tensorsOf } from '../graph/rows.ts';
import type { HostTensor } from '../tensor/tensor.ts';
import { hostTensor } from './interpreter-runtime.ts';

export function cpuCalibration(windows: readonly Window[], group: number): CalibrationBackend {
  const kept = new Map<ValueId, HostTensor[]>();
  const longest = Math.max(...windows.map(({ length }) => length));
  return {
    async run({ graph, reads, keeps }, weights, signal) {
      const tensors = new Map<string, HostTensor>();
      for (const { origin } of graph.values) {
        for (const name of origin.kind === 'weight' ? tensorsOf(origin.rows) : []) {
          const shape = weights.type(name)?.shape as readonly number[];
          if (!tensors.has(name)) tensors.set(name, await hostTensor(weights, name, shape));
        }
      }
      const run = interpreter(graph, (name) => tensors.get(name) as HostTensor, longest);
      for (const { id } of keeps) kept.set(id, []);
      for (const [i, ids] of windows.entries()) {
        throwIfAborted(signal, 'calibration');
        const inputs = Object.fromEntries(
          reads.map(({ name, id }) => [name, kept.get(id)?.[i] as HostTensor]),
        );
        const data = Uint32Array.from(ids);
        const out = run.run(
          { ...inputs, ids: { shape: [ids.length], data } },
          { S: ids.length, P: 0, C: longest },
        );
        for (const { id, name } of keeps) kept.get(id)?.push(out[name] as HostTensor);
      }
    },
    async factor(input, width) {
      const sum = new Float64Array(width * width);
      for (const { data } of kept.get(input) ?? []) addOuter(sum, data, width);
      const factor = factorOf(sum, width);
      return {
        quantise: async (weights, name) => calibrateRows(weights, width, group, factor, name),
        destroy() {},
      };
    },
    drop(values) {
      for (const id of values) kept.delete(id);
    },
    destroy: () => kept.clear(),
  };
}
