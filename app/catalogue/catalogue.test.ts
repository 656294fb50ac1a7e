import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import json from '../../assets/catalogue.json' with { type: 'json' };
import { buildModel } from '../../engine/bench.ts';
import { MODEL_TYPES } from '../../engine/index.ts';
import { describeWithAssets } from '../../scripts/testing/assets.ts';
import { addressOf, type CatalogueEntry, isWriter, parseCatalogue, STRENGTHS } from './catalogue.ts';
import { adapterName, deviceOf } from './device.ts';
import { type DeviceFacts, fitOf, knowsLanguage, recommend } from './fit.ts';

const entries = parseCatalogue(json);
/** Their matrices are kept in the bits in which they are published. */
const PUBLISHED_BITS = ['bonsai-1.7b', 'ministral-3-3b'];
const named = (id: string) => entries.find((entry) => entry.id === id) as CatalogueEntry;

describe('the catalogue', () => {
  it('is well formed, marks entries that were not checked, and has something best at each', () => {
    expect(entries.length).toBeGreaterThanOrEqual(20);
    for (const strength of STRENGTHS)
      expect(
        entries.some(({ bestAt }) => bestAt === strength),
        strength,
      ).toBe(true);
    for (const entry of entries) {
      const isGguf = entry.files?.every((file) => file.endsWith('.gguf')) === true;
      if (entry.files !== undefined && !isGguf) expect(entry.files, entry.id).toContain('config.json');
      expect(entry.deviceBytes, entry.id).toBeLessThanOrEqual(entry.wireBytes);
      // Half of Gemma 4's bytes stay in the store.
      const share = entry.family === 'gemma4' ? 0.5 : 0.8;
      expect(entry.gpuBytes, entry.id).toBeGreaterThan(entry.deviceBytes * share);
      expect(entry.goodAt.includes('passages'), entry.id).toBe(!isWriter(entry));
    }
    expect(addressOf(named('qwen3-0.6b'))).toBe('Qwen/Qwen3-0.6B');
    expect(addressOf({ ...named('qwen3-0.6b'), revision: 'v2' })).toBe('Qwen/Qwen3-0.6B@v2');
    expect(addressOf(named('bonsai-1.7b'))).toBe('prism-ml/Bonsai-1.7B-gguf/Bonsai-1.7B-Q1_0.gguf');
  });

  const inFourBits = entries.filter((entry) => isWriter(entry) && !PUBLISHED_BITS.includes(entry.id));
  it.each(inFourBits.map((entry) => [entry.id, entry] as const))(
    '%s takes what our 4 bits take',
    (_, entry) => {
      // Five bits a weight, nine in embedding and head (its largest tensor has eight of them), plus the tokenizer.
      const inner = entry.parameters - entry.largestBytes;
      const weights = (inner * 5 + entry.largestBytes * 9) / 8;
      expect(entry.deviceBytes).toBeGreaterThan(weights);
      expect(entry.deviceBytes).toBeLessThan(weights + 40e6);
    },
  );

  it.each(entries.map((entry) => [entry.id, entry] as const))(
    '%s is of a family that the engine builds, with files that it reads',
    (_, { family, files, goodAt, languages, languageCount }) => {
      expect(MODEL_TYPES).toContain(family);
      if (files?.includes('config.json') === true) {
        expect(files).toContain('tokenizer.json');
        const parts = files.filter((file) => file.endsWith('.safetensors'));
        expect(parts.length).toBeGreaterThan(0);
        expect(files.includes('model.safetensors.index.json')).toBe(parts.length > 1);
      }
      expect(new Set(goodAt).size).toBe(goodAt.length);
      expect(new Set(languages).size).toBe(languages.length);
      expect(languageCount).toBeGreaterThanOrEqual(languages.length);
    },
  );

  it.each([
    'repository',
    'family',
    'licence',
    'wireBytes',
    'deviceBytes',
    'memoryGiB',
    'bestAt',
    'goodAt',
    'languages',
    'checked',
  ])('has %s in every entry', (field) => {
    for (const [i, entry] of json.models.entries()) {
      const models = json.models.with(i, { ...entry, [field]: undefined });
      expect(() => parseCatalogue({ ...json, models })).toThrow(
        expect.objectContaining({ where: `${entry.id}, ${field}` }),
      );
    }
  });

  const change = (patch: object) => ({ ...json, models: [{ ...json.models[0], ...patch }] });
  it.each([
    [{ ...json, format: 'linnet-catalogue/9' }, 'format'],
    [{ ...json, models: 3 }, 'models'],
    [{ ...json, models: [json.models[0], json.models[0]] }, 'models'],
    [change({ repository: 'https://evil.example' }), 'smollm2-135m, repository'],
    [change({ files: ['../../secret'] }), 'smollm2-135m, files'],
    [change({ wireBytes: '3 GB' }), 'smollm2-135m, wireBytes'],
    [change({ goodAt: ['everything'] }), 'smollm2-135m, goodAt'],
    [change({ bestAt: 'everything' }), 'smollm2-135m, bestAt'],
    [change({ checked: undefined }), 'smollm2-135m, checked'],
    [
      change({ licence: { name: 'x', address: 'https://x.example', terms: 'revenue' } }),
      'smollm2-135m, licence',
    ],
    [
      change({ licence: { name: 'x', address: 'https://x.example', terms: 'free', limitUsd: 5 } }),
      'smollm2-135m, licence',
    ],
    [
      change({ licence: { name: 'x', address: 'javascript:alert(1)', terms: 'free' } }),
      'smollm2-135m, licence',
    ],
    [change({ licence: { name: 'x', address: 'https://x.example', terms: 'x' } }), 'smollm2-135m, licence'],
    [change({ extra: 1 }), 'smollm2-135m, extra'],
    [null, 'format'],
  ])('names the entry and the field of a mistake', (broken, where) => {
    expect(() => parseCatalogue(broken)).toThrow(expect.objectContaining({ code: 'request-invalid', where }));
  });
});

/** Ids of entries whose published config.json is in the test data, by its file name. */
const PUBLISHED = {
  'phi-4-mini-instruct': 'phi-4-mini',
  'gemma4-sophgo': 'gemma-4-e2b',
  'qwen3.5-sophgo': 'qwen3.5-0.8b',
};

describeWithAssets(
  'the catalogue against published configs',
  Object.keys(PUBLISHED).map((name) => `configs/${name}.json`),
  (...paths) => {
    it.each(paths.map((path, i) => [Object.values(PUBLISHED)[i] as string, path]))('%s', (id, path) => {
      const config = JSON.parse(readFileSync(path, 'utf8')) as { model_type: string };
      const { family, parameters, contextLength } = named(id);
      const model = buildModel(config, {
        activations: 'f16',
        weights: () => ({ dtype: 'm0e4', group: 32 }),
        maxChunk: 1,
        capacity: 1,
      });
      // The embedding in signed bytes.
      expect(named(id).largestBytes).toBe(model.vocab * model.hidden);
      const count = model.tensors.reduce((sum, t) => sum + t.shape.reduce((n, d) => n * d, 1), 0);
      expect({ family: config.model_type, parameters: count, contextLength: model.contextLength }).toEqual({
        family,
        parameters,
        contextLength,
      });
    });
  },
);

const laptop: DeviceFacts = {
  gpu: { f16: true, software: false, largestBytes: 2 ** 31 },
  memoryGiB: 8,
  storage: { usage: 0, quota: 50e9 },
};
const phone: DeviceFacts = {
  gpu: { f16: true, software: false, largestBytes: 2 ** 27 },
  memoryGiB: 4,
  storage: { usage: 1e9, quota: 6e9 },
};

describe('the fit check', () => {
  const kinds = (id: string, device: DeviceFacts) => fitOf(named(id), device).reasons.map(({ kind }) => kind);

  it('is yes without reasons', () => {
    expect(fitOf(named('smollm2-135m'), phone)).toEqual({ result: 'yes', reasons: [] });
    expect(fitOf(named('qwen3.5-2b'), laptop).result).toBe('yes');
  });

  it('is no for lack of a GPU, space or memory', () => {
    const { gpu: _, ...without } = laptop;
    expect(fitOf(named('smollm2-135m'), without)).toEqual({ result: 'no', reasons: [{ kind: 'no-gpu' }] });
    const full = { ...laptop, storage: { usage: 49.9e9, quota: 50e9 } };
    expect(fitOf(named('granite-4.0-350m'), full).reasons[0]).toMatchObject({ kind: 'no-space', has: 1e8 });
    expect(kinds('granite-4.0-h-1b', { ...phone, memoryGiB: 2 })).toContain('no-memory');
  });

  it('is tight, with reasons, if the model may work', () => {
    expect(kinds('granite-4.0-1b', laptop)).toEqual([]);
    expect(kinds('phi-4-mini', laptop)).toEqual(['little-memory']);
    expect(fitOf(named('phi-4-mini'), { ...laptop, memoryGiB: 4 }).result).toBe('no');
    expect(fitOf(named('granite-4.0-1b'), { ...laptop, memoryGiB: 4 })).toMatchObject({
      result: 'tight',
      reasons: [{ kind: 'little-memory' }],
    });
    const { memoryGiB: _, ...silent } = laptop;
    expect(kinds('phi-4-mini', silent)).toEqual(['unknown-memory']);
    expect(kinds('qwen3-0.6b', silent)).toEqual([]);
    const software = { ...laptop, gpu: { f16: false, software: true, largestBytes: 2 ** 30 } };
    expect(kinds('qwen3-0.6b', software)).toEqual(['software']);
    const tightSpace = {
      ...laptop,
      storage: { usage: 0, quota: named('granite-4.0-350m').deviceBytes + 70e6 },
    };
    expect(kinds('granite-4.0-350m', tightSpace)).toEqual(['little-space']);
  });

  it('reports tensors in pieces and missing f16 without a worse result', () => {
    expect(fitOf(named('gemma-3-1b'), phone)).toMatchObject({
      result: 'yes',
      reasons: [{ kind: 'in-pieces', has: 2 ** 27 }],
    });
    const old = { ...laptop, gpu: { f16: false, software: false, largestBytes: 2 ** 30 } };
    expect(fitOf(named('granite-4.0-350m'), old)).toEqual({ result: 'yes', reasons: [{ kind: 'no-f16' }] });
  });

  it('never has a better result with less: every shortage only lowers it', () => {
    const order = ['no', 'tight', 'yes'];
    for (const entry of entries) {
      let before = 2;
      for (const memoryGiB of [8, 4, 2, 1, 0.5]) {
        const now = order.indexOf(fitOf(entry, { ...laptop, memoryGiB }).result);
        expect(now, `${entry.id} with ${memoryGiB} GiB`).toBeLessThanOrEqual(before);
        before = now;
      }
    }
  });

  it('recommends the most capable model that fits well and downloads soon', () => {
    expect(recommend(entries, laptop, 'en')?.id).toBe('qwen3-0.6b');
    expect(recommend(entries, phone, 'en')?.id).toBe('qwen3-0.6b');
    expect(recommend(entries, { ...phone, memoryGiB: 1 }, 'en')?.id).toBe('smollm2-135m');
    expect(recommend(entries, { ...laptop, storage: { usage: 0, quota: 1e6 } }, 'en')).toBeUndefined();
    const slow = { ...laptop, gpu: { f16: false, software: true, largestBytes: 2 ** 30 } };
    expect(recommend(entries, slow, 'en')?.parameters).toBeLessThan(3e8);
  });

  it('prefers a model that knows the reader’s language, else recommends another', () => {
    const small = { ...phone, memoryGiB: 1 };
    expect(recommend(entries, small, 'de-AT')?.languages).toContain('de');
    const english = entries.filter((entry) => isWriter(entry) && entry.languages.length === 1);
    expect(
      recommend(
        entries.filter((entry) => !isWriter(entry)),
        laptop,
        'en',
      ),
    ).toBeUndefined();
    const given = recommend(english, laptop, 'de');
    expect(given && knowsLanguage(given, 'de')).toBe(false);
    expect(knowsLanguage(named('gemma-3-1b'), 'zh-Hans')).toBe(true);
  });
});

describe('the device as the browser describes it', () => {
  const diagnostics = { userAgent: '', cores: 4, models: [], active: 'none' } as const;
  const adapter = {
    name: '',
    vendor: 'arm',
    architecture: 'valhall',
    software: false,
    features: ['shader-f16'],
  };

  it('takes the smaller of the limits of a buffer', () => {
    const limits = { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 };
    const device = deviceOf({ ...diagnostics, adapter: { ...adapter, limits }, memoryGiB: 4 }, undefined);
    expect(device).toEqual({ gpu: { f16: true, software: false, largestBytes: 2 ** 27 }, memoryGiB: 4 });
    expect(adapterName({ ...adapter, limits })).toBe('arm · valhall');
  });

  it('recognises software adapters and a missing adapter', () => {
    const software = { ...adapter, software: true, features: [], limits: {} };
    expect(deviceOf({ ...diagnostics, adapter: software }, undefined).gpu).toMatchObject({ software: true });
    expect(deviceOf(diagnostics, { usage: 1, quota: 2 })).toEqual({ storage: { usage: 1, quota: 2 } });
  });
});
