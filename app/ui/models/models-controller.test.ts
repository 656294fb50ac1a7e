import { afterEach, describe, expect, it, vi } from 'vitest';
import { diagnostics, modelPreview, modelsPage } from '../../testing/model-builders.ts';
import { sendFiles } from '../../protocol/files.ts';
import type { PickedFiles } from '../files/file-picker.ts';
import { WEIGHTS } from '../files/two-goes.ts';

vi.mock('../../protocol/files.ts', { spy: true });
vi.mocked(sendFiles).mockImplementation(() => 'id');
afterEach(() => void vi.mocked(sendFiles).mockClear());

const picked = (paths: readonly string[], others: readonly string[] = []): PickedFiles => ({
  name: 'finch',
  files: paths.map((path) => ({ path, file: new File(['x'], path) })),
  others,
});

describe('ModelsController', () => {
  it('requests the diagnostics when it opens', async () => {
    const { controller } = await modelsPage();
    expect([controller.checked.value, controller.diagnostics.value]).toEqual([true, diagnostics()]);
    expect(controller.failure.value).toBeUndefined();
  });

  it('has checked the device even if the worker refused', async () => {
    const { controller } = await modelsPage({ diagnostics: null });
    expect([controller.checked.value, controller.diagnostics.value]).toEqual([true, undefined]);
    expect(controller.failure.value?.code).toBe('engine-unreachable');
  });

  it('sends picked files once the worker has answered', async () => {
    const { client, controller } = await modelsPage();
    const before = client.requests.length;
    const files = picked(['config.json', 'tokenizer.json', 'model.safetensors']);
    await controller.importPicked(Promise.resolve(files));
    expect(client.requests.length).toBe(before + 1);
    expect(vi.mocked(sendFiles).mock.calls).toEqual([['finch', files.files]]);
  });

  it('keeps files that are no whole model until the rest comes, and imports them alone on request', async () => {
    const { controller } = await modelsPage();
    const loose = (...paths: string[]) => ({ ...picked(paths), name: '' });
    await controller.importPicked(loose('config.json', 'tokenizer.json'));
    expect(controller.rest.value?.missing).toEqual([WEIGHTS]);
    await controller.importPicked(loose('x-00001-of-00002.safetensors'));
    expect(controller.rest.value?.missing).toEqual(['x-00002-of-00002.safetensors']);
    expect(sendFiles).not.toHaveBeenCalled();
    await controller.importPicked(loose('x-00002-of-00002.safetensors'));
    expect(vi.mocked(sendFiles).mock.calls.map(([, files]) => files.length)).toEqual([4]);
    expect(controller.rest.value).toBeUndefined();
    await controller.importPicked(loose('y-00002-of-00002.gguf'));
    // A whole model is imported beside what waits.
    await controller.importPicked(loose('z.gguf'));
    expect(controller.rest.value?.missing).toEqual(['y-00001-of-00002.gguf']);
    await controller.importRest();
    expect(
      vi
        .mocked(sendFiles)
        .mock.calls.slice(1)
        .map(([, files]) => files.map(({ path }) => path)),
    ).toEqual([['z.gguf'], ['y-00002-of-00002.gguf']]);
    expect(controller.rest.value).toBeUndefined();
  });

  it('sends nothing if the picker was closed', async () => {
    const { client, controller } = await modelsPage();
    const before = client.requests.length;
    await controller.importPicked(Promise.resolve(undefined));
    expect([client.requests.length, controller.failure.value]).toEqual([before, undefined]);
    expect(sendFiles).not.toHaveBeenCalled();
  });

  it('reports files that belong to no model, and names at most five of them', async () => {
    const { controller } = await modelsPage();
    const others = ['a.zip', 'b.zip', 'c.zip', 'd.zip', 'e.zip', 'f.zip'];
    await controller.importPicked(picked(['notes.txt'], others));
    expect(controller.failure.value).toMatchObject({
      code: 'source-unknown',
      got: 'a.zip, b.zip, c.zip, d.zip, e.zip',
    });
    expect(sendFiles).not.toHaveBeenCalled();
    await controller.importPicked(picked([]));
    expect(controller.failure.value?.got).toContain('no files');
  });

  it('waits for a request until it has ended, for that model only', async () => {
    const { client, controller } = await modelsPage();
    const answer = client.hold('use-model');
    const done = controller.waitFor('use-model', { id: 'a' });
    expect(controller.isWaiting('use-model', { id: 'a' })).toBe(true);
    expect(controller.isWaiting('use-model', { id: 'b' })).toBe(false);
    expect(controller.isWaiting('delete-model', { id: 'a' })).toBe(false);
    answer(null);
    await done;
    expect(controller.isWaiting('use-model', { id: 'a' })).toBe(false);
  });

  it('waits no longer for a request that failed', async () => {
    const { client, controller } = await modelsPage();
    client.refuse('unload', 'gpu-lost');
    await controller.waitFor('unload', {});
    expect([controller.isWaiting('unload', {}), controller.failure.value?.code]).toEqual([false, 'gpu-lost']);
  });

  it('keeps the result of verifying each model', async () => {
    const { client, controller } = await modelsPage();
    const answer = client.hold('verify-model');
    const first = controller.verify('a');
    expect(controller.verified.value.get('a')).toEqual({ kind: 'running' });
    answer({ bytes: 7 });
    await first;
    client.refuse('verify-model', 'store-damaged');
    await controller.verify('b');
    expect(controller.verified.value.get('a')).toEqual({ kind: 'good', bytes: 7 });
    expect(controller.verified.value.get('b')).toMatchObject({
      kind: 'failed',
      error: { code: 'store-damaged' },
    });
    // The card of the model shows it, not the page.
    expect(controller.failure.value).toBeUndefined();
  });

  it('previews an address', async () => {
    const { client, controller } = await modelsPage();
    client.answer('preview-import', () => modelPreview());
    const done = controller.previewAddress('birds/wren', 'v2');
    expect(controller.preview.value).toEqual({ kind: 'running' });
    await done;
    expect(controller.preview.value).toEqual({ kind: 'found', preview: modelPreview() });
    await controller.previewAddress('birds/wren', '');
    expect(client.sent('preview-import').map(({ revision }) => revision)).toEqual(['v2', undefined]);
    client.refuse('preview-import', 'source-unknown');
    await controller.previewAddress('birds/wren', '');
    expect(controller.preview.value).toMatchObject({ kind: 'failed', error: { code: 'source-unknown' } });
  });

  it('drops the preview of an address that was changed meanwhile', async () => {
    const { client, controller } = await modelsPage();
    const answer = client.hold('preview-import');
    const first = controller.previewAddress('birds/wren', '');
    const second = controller.previewAddress('birds/robin', '');
    answer(modelPreview({ name: 'Wren' }));
    await first;
    expect(controller.preview.value).toEqual({ kind: 'running' });
    answer(modelPreview({ name: 'Robin' }));
    await second;
    expect(controller.preview.value).toMatchObject({ preview: { name: 'Robin' } });
    const third = controller.previewAddress('birds/robin', '');
    controller.preview.value = undefined;
    answer(modelPreview());
    await third;
    expect(controller.preview.value).toBeUndefined();
  });

  it('is measuring until the benchmark has ended', async () => {
    const { client, controller } = await modelsPage();
    const answer = client.hold('benchmark');
    const done = controller.measure();
    expect(controller.measuring.value).toBe(true);
    answer(null);
    await done;
    expect(controller.measuring.value).toBe(false);
  });

  it('follows the conversation of the first summary', async () => {
    const { client, controller } = await modelsPage();
    client.answer('summarise', () => ({ job: 'j', conversation: 'c' }));
    await controller.summariseArticle();
    expect(JSON.stringify(client.sent('summarise')[0])).toContain('Birds of the heath');
    expect(client.topics).toContain('conversation:c');
  });
});
