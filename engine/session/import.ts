/**
 * A checkpoint into the store. Everything that can be wrong with the files is looked at before the first
 * weight is converted; whatever fails, what was stored before stays as it was.
 */
import { fail } from '../base/errors.ts';
import { buildModel, type ModelGraph } from '../models/index.ts';
import type { WeightDType } from '../tensor/tensor.ts';
import { type Checkpoint, openCheckpoint } from '../weights/checkpoint.ts';
import { convertTensors, planStore, type StorePlan } from '../weights/convert.ts';
import { type Manifest, MANIFEST_FORMAT } from '../weights/manifest.ts';
import { PROFILES } from '../weights/profiles.ts';
import { cancelled, type CheckpointFolder } from '../weights/source.ts';
import type { ModelStore, ModelWriter } from '../weights/store.ts';
import { WEIGHTS_FILE } from '../weights/stored.ts';
import type { ImportHooks, ImportModelOptions } from './model.ts';
import { endTensors } from './end-tensors.ts';
import { openText } from './text.ts';
import { storedModel } from './stored-model.ts';
import type { StoredModel } from './types.ts';

/** Kept free beside a new model, for conversations and settings; in bytes. */
const SPARE_BYTES = 8 * 1024 * 1024;

export async function importModel(
  folder: CheckpointFolder,
  store: ModelStore,
  options: ImportModelOptions = {},
  hooks: ImportHooks = {},
): Promise<StoredModel> {
  const { signal } = hooks;
  const weights = options.weights ?? 'm0e4';
  hooks.onProgress?.({ phase: 'reading', done: 0, total: 0 });
  try {
    const checkpoint = await openCheckpoint(folder, signal);
    const { inner, head: finer } = PROFILES[weights];
    const model = buildForImport(checkpoint, inner);
    const ends = endTensors(model.graph);
    const needed = model.tensors.map((t) => (ends.has(t.name) ? { ...t, dtype: finer } : t));
    const plan = planStore(checkpoint, needed, inner);
    const text = openText((name) => checkpoint.files.get(name), model);
    await requireSpace(store, folder.name, plan.bytes);
    const name = options.name ?? folder.name;
    const head = {
      id: options.id ?? idOf(name),
      name,
      family: model.family,
      weights,
      contextLength: model.contextLength,
      hasChatTemplate: text.template.own,
      ...(options.demo === true ? { demo: true } : {}),
    };
    const writer = await store.begin(head.id);
    try {
      return storedModel(await write(checkpoint, plan, head, writer, hooks));
    } catch (error) {
      // What cannot be removed now is a left-over without a manifest; the next sweep takes it.
      await writer.abandon().catch(() => {});
      throw error;
    }
  } catch (error) {
    // A source may report the abort in its own words.
    if (signal?.aborted === true) cancelled(folder.name);
    throw error;
  }
}

type Head = Omit<Manifest, 'format' | 'importedAt' | 'files' | 'tensors' | 'bytes'>;

async function write(
  checkpoint: Checkpoint,
  plan: StorePlan,
  head: Head,
  writer: ModelWriter,
  { onProgress, signal }: ImportHooks,
): Promise<Manifest> {
  let bytes = plan.bytes;
  for (const [name, content] of checkpoint.files) {
    await writer.put(name, content);
    bytes += content.length;
  }
  const file = await writer.create(WEIGHTS_FILE);
  let last = { done: 0, total: 0 };
  let tensors: Manifest['tensors'];
  try {
    tensors = await convertTensors(checkpoint, plan, file, {
      signal,
      onProgress: (done, total, tensor) => {
        last = { done, total };
        onProgress?.({ phase: 'converting', done, total, tensor });
      },
    });
  } finally {
    await file.close();
  }
  onProgress?.({ phase: 'finishing', ...last });
  if (signal?.aborted === true) cancelled(checkpoint.name);
  const files = [...checkpoint.files.keys(), WEIGHTS_FILE];
  const manifest: Manifest = {
    ...head,
    format: MANIFEST_FORMAT,
    importedAt: Date.now(),
    files,
    tensors,
    bytes,
  };
  await writer.commit(manifest);
  return manifest;
}

/** Only for the list of tensors: lengths do not matter. */
function buildForImport(checkpoint: Checkpoint, weights: WeightDType): ModelGraph {
  return buildModel(checkpoint.config, {
    activations: 'f32',
    weights: () => ({ dtype: weights }),
    maxChunk: 1,
    capacity: 1,
  });
}

async function requireSpace(store: ModelStore, name: string, bytes: number): Promise<void> {
  const space = await store.estimate();
  if (space === undefined || space.usage + bytes + SPARE_BYTES <= space.quota) return;
  fail('store-full', {
    who: name,
    message: 'the model does not fit on this device',
    expected: `${bytes + SPARE_BYTES} bytes of space`,
    got: `${Math.max(0, space.quota - space.usage)} bytes`,
  });
}

/** `org/Some Model-1B` → `org-some-model-1b`: safe as a folder's name everywhere. */
function idOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return slug.slice(0, 80) || 'model';
}
