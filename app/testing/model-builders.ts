/** Builds catalogue entries, diagnostics and a Models page for tests, from the few fields a test is about. */
import type { ModelPreview } from '../../engine/index.ts';
import type { CatalogueEntry } from '../catalogue/catalogue.ts';
import type { Diagnostics, TestedAdapter } from '../protocol/requests.ts';
import type { Models, Settings } from '../protocol/types.ts';
import { ModelsController } from '../ui/models/models-controller.ts';
import { models, pageText, settings } from './builders.ts';
import { RecordingClient } from './recording-client.ts';

export const GB = 1e9;

/** Fits every device of these tests, unless `change` says otherwise. */
export const catalogueEntry = (change: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  id: 'finch',
  name: 'Finch 1B',
  repository: 'birds/finch',
  revision: 'main',
  files: ['config.json'],
  family: 'llama',
  parameters: 1e9,
  licence: { name: 'Apache 2.0', address: 'https://example.org/licence', terms: 'free' },
  wireBytes: 600e6,
  deviceBytes: 500e6,
  gpuBytes: 700e6,
  largestBytes: 100e6,
  memoryGiB: 4,
  contextLength: 4096,
  bestAt: 'everyday',
  goodAt: ['summaries', 'chat'],
  languages: ['en', 'de'],
  languageCount: 2,
  checked: true,
  ...change,
});

export const adapter = (change: Partial<TestedAdapter> = {}): TestedAdapter => ({
  name: 'Test GPU',
  vendor: 'test',
  architecture: '',
  software: false,
  features: ['shader-f16'],
  limits: { maxStorageBufferBindingSize: 2 ** 31, maxBufferSize: 2 ** 31 },
  ...change,
});

/** A device with a GPU, 8 GiB of memory and 4 cores. */
export const diagnostics = (change: Partial<Diagnostics> = {}): Diagnostics => ({
  adapter: adapter(),
  userAgent: 'Test browser',
  memoryGiB: 8,
  cores: 4,
  models: [],
  active: 'none',
  ...change,
});

export const modelPreview = (change: Partial<ModelPreview> = {}): ModelPreview => ({
  name: 'Wren',
  family: 'qwen3',
  weights: 'm0e4',
  contextLength: 8192,
  hasChatTemplate: true,
  dialogue: { own: 'rendered' },
  total: 2 * GB,
  bytes: 1 * GB,
  largestBytes: 100e6,
  sizes: [],
  ...change,
});

export interface ModelsSetUp {
  readonly catalogue?: readonly CatalogueEntry[];
  readonly models?: Partial<Models>;
  readonly settings?: Partial<Settings>;
  /** Null: the worker refuses to give diagnostics. */
  readonly diagnostics?: Partial<Diagnostics> | null;
  /** False: the person does not permit a mirror when asked. */
  readonly permits?: boolean;
}

/** A controller of the Models page whose worker has sent its state. The first run is over by default. */
export async function modelsPage(change: ModelsSetUp = {}) {
  const client = new RecordingClient();
  const opened = { settings: 0 };
  const permitted: string[] = [];
  /** Its person agrees to everything. */
  const serverBrowser = { ask: async () => true, allowed: async () => true, release: async () => {} };
  const controller = new ModelsController(client, {
    catalogue: change.catalogue ?? [catalogueEntry()],
    article: pageText({ title: 'Birds of the heath', text: 'First paragraph.\n\nSecond paragraph.' }),
    shortcut: 'Alt+Shift+L',
    version: '1.2.3',
    openSettings: () => void opened.settings++,
    mayFetchFrom: async (origin) => permitted.includes(origin) || origin !== 'https://hf-mirror.com',
    askToFetchFrom: async (origin) => change.permits !== false && permitted.push(origin) > 0,
    serverBrowser,
  });
  if (change.diagnostics === null) client.refuse('diagnostics', 'engine-unreachable');
  else client.answer('diagnostics', () => diagnostics(change.diagnostics ?? undefined));
  client.emit({ kind: 'settings', settings: settings({ welcomed: true, ...change.settings }) });
  client.emit({
    kind: 'models',
    models: models({ storage: { usage: 1 * GB, quota: 100 * GB }, ...change.models }),
  });
  await controller.open();
  return { client, controller, opened, serverBrowser };
}
