/** The store's manifest as the entry of a list. */
import type { Manifest } from '../weights/manifest.ts';
import type { ModelStore } from '../weights/store.ts';
import type { StoredModel } from './types.ts';

export function storedModel(m: Manifest): StoredModel {
  return {
    id: m.id,
    name: m.name,
    family: m.family,
    weights: m.weights,
    bytes: m.bytes,
    importedAt: m.importedAt,
    contextLength: m.contextLength,
    hasChatTemplate: m.hasChatTemplate,
    ...(m.demo === true ? { demo: true } : {}),
  };
}

/** What the store offers, newest first. */
export async function listModels(store: ModelStore): Promise<StoredModel[]> {
  return (await store.list()).map(storedModel);
}
