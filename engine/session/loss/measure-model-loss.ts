/**
 * What a stored model has lost of its checkpoint, and what the other sizes would lose: the checkpoint is read once more, and
 * its own values and each size read the same passages (`engine/calibrate/loss`).
 */
import { fail } from '../../base/errors.ts';
import type { Calibrator } from '../../calibrate/backend.ts';
import type { FormAgreement } from '../../calibrate/loss/agreement.ts';
import { logitsStages, tensorsOfStage } from '../../calibrate/loss/logits-stages.ts';
import { type ComparedForm, lossWindows, measureLoss } from '../../calibrate/loss/measure-loss.ts';
import { LONGEST } from '../../calibrate/windows.ts';
import { buildModel, readModel } from '../../models/index.ts';
import type { WeightSource } from '../../runtime/index.ts';
import type { WeightDType } from '../../tensor/tensor.ts';
import { openCheckpoint } from '../../weights/checkpoint.ts';
import type { Checkpoint } from '../../weights/formats/checkpoint-tensor.ts';
import type { OpenEncoders } from '../../weights/import/encoders.ts';
import { cancelled, type CheckpointFolder } from '../../weights/sources/byte-source.ts';
import { plainProfile, SIZES, type WeightProfile } from '../../weights/store/profiles.ts';
import type { ModelStore } from '../../weights/store/store.ts';
import { storedWeights } from '../../weights/store/weight-reader.ts';
import type { DryRun } from '../dry-run/dry-run.ts';
import { planned, withOwnHead } from '../import/import-source.ts';
import { requireSameFiles } from '../import/import.ts';
import { openText } from '../text.ts';
import { originalTensors } from './original-tensors.ts';

/** What one size of a model loses. */
export interface SizeLoss extends FormAgreement {
  readonly weights: WeightProfile;
  /** Of the weights in the store. */
  readonly bytes: number;
}

export interface ModelLoss {
  /** Tokens after which the next one was compared. */
  readonly tokens: number;
  /** The stored size first, then those of {@link SIZES} that are made without calibration. */
  readonly sizes: readonly SizeLoss[];
}

export interface LossHooks {
  /** Bytes of the checkpoint. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Aborting rejects with `source-cancelled`. */
  readonly signal?: AbortSignal | undefined;
  readonly dryRun?: DryRun | undefined;
  readonly encoders?: OpenEncoders | undefined;
  /** Bytes that the largest layer, or the head, may take in f32; without limit if absent. */
  readonly mostBytes?: number | undefined;
}

/**
 * `folder` is the checkpoint that the stored model was made of. Throws `request-invalid` where there is nothing to compare,
 * `gpu-limit` where a layer takes more than `mostBytes`, `checkpoint-mismatch` for another model, `store-missing`, and the errors of reading and of the device.
 */
export async function measureModelLoss(
  folder: CheckpointFolder,
  store: ModelStore,
  id: string,
  device: Pick<Calibrator, 'open'>,
  { onProgress, signal, dryRun, encoders: open, mostBytes }: LossHooks = {},
): Promise<ModelLoss> {
  const model = await store.open(id);
  const { manifest } = model;
  if (manifest.unquantised !== true) nothingToCompare(manifest.name);
  const tried = await dryRun?.run(folder, manifest.weights, signal);
  const opened = withOwnHead(await openCheckpoint(tried?.folder ?? folder, signal));
  await requireSameFiles(store, id, opened);
  const { checkpoint, model: graph, unquantised } = planned(opened, 'f32');
  if (!unquantised) nothingToCompare(manifest.name);
  const { contextLength } = readModel(checkpoint.config);
  const longest = Math.min(LONGEST, contextLength);
  const stagesFor = (typeOf: (tensor: string) => { readonly dtype: WeightDType; readonly group?: number }) =>
    logitsStages(
      buildModel(checkpoint.config, {
        activations: 'f32',
        weights: typeOf,
        maxChunk: longest,
        capacity: longest,
      }).graph,
    );
  const formOf = (weights: WeightSource): ComparedForm => ({
    stages: stagesFor((tensor) => {
      const { dtype, group } = weights.type(tensor) ?? { dtype: 'f32' };
      return { dtype: dtype as WeightDType, ...(group === undefined ? {} : { group }) };
    }),
    weights,
  });
  const stages = stagesFor(() => ({ dtype: 'f32' }));
  const layers = stages.map(tensorsOfStage);
  requireRoom(checkpoint, layers, mostBytes);
  const running = open?.();
  const original = originalTensors(checkpoint, layers, {
    encoders: running,
    signal,
    onRead: (done, total) => onProgress?.(done, total),
  });
  const others = SIZES.filter((size) => size !== manifest.weights && plainProfile(size) === undefined);
  const plans = others.map((size) => planned(opened, size).plan);
  const text = openText((name) => checkpoint.files.get(name), graph);
  const vocab = stages.at(-1)?.keeps[0]?.type.shape[1] as number;
  let layer = 0;
  try {
    const { tokens, forms } = await measureLoss({
      forms: [
        { stages, weights: original.own },
        formOf(await storedWeights(model)),
        ...plans.map(({ tensors }) => formOf(original.encoded(tensors))),
      ],
      windows: lossWindows((passage) => text.encodeText(passage), { vocab, contextLength }),
      device,
      before: () => original.load(layer++),
      signal,
    });
    const end = manifest.tensors.flatMap(({ sections }) =>
      sections.map(({ offset, bytes }) => offset + bytes),
    );
    const bytes = [end.reduce((most, one) => Math.max(most, one), 0), ...plans.map((plan) => plan.bytes)];
    const sizes = [manifest.weights, ...others].map((weights, i) => ({
      weights,
      bytes: bytes[i] as number,
      ...(forms[i] as FormAgreement),
    }));
    return { tokens, sizes };
  } catch (error) {
    if (signal?.aborted === true) cancelled(manifest.name);
    throw error;
  } finally {
    running?.close();
    await original.close();
  }
}

function requireRoom(
  { name, tensors }: Checkpoint,
  layers: readonly (readonly string[])[],
  most = Number.POSITIVE_INFINITY,
): void {
  const numbers = (tensor: string) => tensors.get(tensor)?.shape.reduce((n, d) => n * d, 1) ?? 0;
  const sizes = layers.map((layer) => layer.reduce((sum, tensor) => sum + 4 * numbers(tensor), 0));
  const largest = Math.max(...sizes);
  if (largest <= most) return;
  fail('gpu-limit', {
    who: name,
    message: 'there is no room for a layer of the original on this device',
    expected: `${most} bytes at most`,
    got: `${largest} bytes`,
  });
}

function nothingToCompare(name: string): never {
  fail('request-invalid', {
    who: name,
    message: 'there is nothing to compare this model with',
    expected: 'a model whose original has weights in f32, f16 or bf16',
  });
}
