/**
 * An import of each family but Gemma 4 can calibrate: the stages of its graph have all that they read. Families whose
 * layers are made of the same parts as another's are on demand.
 */
import { expect, test } from 'vitest';
import { onDemand } from '../../../../scripts/testing/assets.ts';
import { cpuCalibrator } from '../../../testing/cpu-calibrator.ts';
import { EACH_KIND, TINY_FAMILIES } from '../../../testing/tiny-families.ts';
import { tinyFamilyFiles } from '../../../testing/tiny-family/files.ts';
import { memoryFolder } from '../../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../../weights/store/storage-memory.ts';
import { openStore } from '../../../weights/store/store.ts';
import { importModel } from '../import.ts';

test.for(TINY_FAMILIES)('$name', async (family, t) => {
  // Stages follow from the kind of layer.
  if (!EACH_KIND.includes(family.name) && onDemand !== undefined) return t.skip(onDemand);
  const store = openStore(memoryStorage());
  const folder = memoryFolder('tiny', tinyFamilyFiles(family, 'BF16'));
  const stages: string[] = [];
  const calibrator = async () => cpuCalibrator({ most: 1, onRun: (name) => stages.push(name) });
  const model = await importModel(folder, store, {}, { calibrator });
  if (family.config.num_kv_shared_layers !== undefined) {
    // A stage would read keys and values of another one.
    expect(model.weights).toBe('m0e4+q8-head');
    return;
  }
  expect(model.weights).toBe('calibrated');
  const { num_hidden_layers: layers = family.config.num_layers } = family.config;
  // The products of a layer have four inputs, with a convolution too.
  expect(stages.length).toBeGreaterThanOrEqual(4 * (layers as number));
});
