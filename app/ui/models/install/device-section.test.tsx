import { expect, test } from 'vitest';
import { render } from '../../../testing/render.ts';
import { adapter, GB, type ModelsSetUp, modelsPage } from '../../../testing/model-builders.ts';
import { t } from '../../../i18n/index.ts';
import { DeviceCheck } from './device-section.tsx';

async function findings(change: ModelsSetUp): Promise<Record<string, string>> {
  const { controller } = await modelsPage(change);
  const screen = render(<DeviceCheck controller={controller} />);
  const entries = screen.all('listitem').map((item) => {
    const name = item.querySelector('strong')!.textContent!;
    return [name, `${item.className.replace('finding ', '')}: ${item.lastElementChild!.textContent}`];
  });
  screen.unmount();
  return Object.fromEntries(entries) as Record<string, string>;
}

test('it checks until the worker has answered', async () => {
  const { controller } = await modelsPage({ diagnostics: null });
  expect(render(<DeviceCheck controller={controller} />).text()).toBe(t('device-checking'));
});

test('a good device is good in all points, each with a hidden word beside its icon', async () => {
  const { controller } = await modelsPage({ diagnostics: { memoryGiB: 16 } });
  const screen = render(<DeviceCheck controller={controller} />);
  const items = screen.all('listitem');
  expect(items.map(({ className }) => className)).toEqual(Array(5).fill('finding good'));
  expect(items.every(({ textContent }) => textContent!.startsWith(`${t('mark-good')}:`))).toBe(true);
});

test('without WebGPU no other point of the GPU is listed', async () => {
  const found = await findings({ diagnostics: { adapter: undefined } });
  expect(found[t('device-gpu')]).toBe(`bad: ${t('device-gpu-no')}`);
  expect(found[t('device-f16')]).toBeUndefined();
});

test('a software adapter, missing half precision and small buffers are limits', async () => {
  const slow = adapter({
    software: true,
    features: [],
    limits: { maxStorageBufferBindingSize: 2 ** 26, maxBufferSize: 2 ** 26 },
  });
  const found = await findings({ diagnostics: { adapter: slow } });
  for (const name of [t('device-gpu'), t('device-f16'), t('device-limit')])
    expect(found[name]).toMatch(/^fair/);
});

test('memory is unknown, capped by the browser, or little', async () => {
  const memory = async (memoryGiB: number | undefined) =>
    (await findings({ diagnostics: { memoryGiB } }))[t('device-memory')];
  expect(await memory(undefined)).toBe(`fair: ${t('device-memory-unknown')}`);
  expect(await memory(8)).toBe(`good: ${t('device-memory-capped', { size: '8 GB' })}`);
  expect(await memory(2)).toBe(`fair: ${t('device-memory-text', { size: '2 GB' })}`);
});

test('free storage is enough, little, or too little', async () => {
  const storage = async (free: number) =>
    (await findings({ models: { storage: { usage: 10 * GB, quota: 10 * GB + free } } }))[t('device-storage')];
  expect(await storage(3 * GB)).toMatch(/^good/);
  expect(await storage(1 * GB)).toMatch(/^fair/);
  expect(await storage(-1 * GB)).toBe(`bad: ${t('device-storage-text', { free: '0 bytes' })}`);
});
