/** Lists the contents of the store: models, and imports that can resume. */
import { readReport } from '../text/probes/outcome.ts';
import type { Manifest } from '../weights/store/manifest.ts';
import type { ModelStore } from '../weights/store/store.ts';
import type { StoredModel, UnfinishedImport } from './types.ts';

/** Returns the list entry of a manifest. */
export function storedModel(m: Manifest): StoredModel {
  const dialogue = readReport(m.dialogue);
  return {
    id: m.id,
    name: m.name,
    family: m.family,
    weights: m.weights,
    bytes: m.bytes,
    importedAt: m.importedAt,
    contextLength: m.contextLength,
    hasChatTemplate: m.hasChatTemplate,
    ...(dialogue === undefined ? {} : { dialogue }),
    ...(m.unquantised === true ? { unquantised: true } : {}),
    ...(m.origin === undefined ? {} : { origin: m.origin }),
    ...(m.calibration === undefined ? {} : { calibration: m.calibration }),
    ...(m.hashed === true ? { hashed: true } : {}),
    ...(m.embeds === undefined ? {} : { embeds: m.embeds }),
    ...(m.traits === undefined ? {} : { traits: m.traits }),
  };
}

/** Lists complete models, newest first. */
export async function listModels(store: ModelStore): Promise<StoredModel[]> {
  return (await store.list()).map(storedModel);
}

/** Lists imports that were paused or interrupted, newest first. */
export async function listUnfinished(store: ModelStore): Promise<UnfinishedImport[]> {
  return (await store.unfinished()).map(({ head, position, paused, attempts }) => ({
    id: head.id,
    name: head.name,
    weights: head.weights,
    done: position.done,
    total: head.total,
    bytes: head.bytes,
    startedAt: head.startedAt,
    paused,
    attempts,
    ...(head.replaces === true ? { replaces: true } : {}),
    ...(head.origin === undefined ? {} : { origin: head.origin }),
  }));
}
