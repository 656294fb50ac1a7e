import { expect, test } from 'vitest';
import { render, settled } from '../../../testing/render.ts';
import { storedModel } from '../../../testing/builders.ts';
import { modelsPage } from '../../../testing/model-builders.ts';
import { duration, t } from '../../../i18n/index.ts';
import type { Benchmark } from '../../../protocol/types.ts';
import { BenchmarkSection } from './benchmark-section.tsx';

const finch = storedModel({ id: 'a', name: 'Finch' });
const wren = storedModel({ id: 'b', name: 'Wren' });
const result = (change: Partial<Benchmark> = {}): Benchmark => ({
  at: 0,
  activations: 'f16',
  prefillTokensPerSecond: 1333,
  decodeTokensPerSecond: 10,
  timeToFirstTokenMs: 100,
  weightBytes: 1,
  cacheBytes: 1,
  peakGpuBytes: 1e9,
  ...change,
});

async function section(benchmarks: Readonly<Record<string, Benchmark>> = {}) {
  const page = await modelsPage({
    models: { active: { kind: 'idle', model: finch }, stored: [finch, wren] },
    settings: { benchmarks },
  });
  return { ...page, screen: render(<BenchmarkSection controller={page.controller} />) };
}

test('there is nothing to measure without a model', async () => {
  const { controller } = await modelsPage({ models: { active: { kind: 'none' }, stored: [] } });
  expect(render(<BenchmarkSection controller={controller} />).text()).toBe('');
});

test('a measurement is started, shown as running, and can be stopped', async () => {
  const { client, screen } = await section();
  const answer = client.hold('benchmark');
  const start = screen.get('button', t('bench-start', { name: 'Finch' })) as HTMLButtonElement;
  await screen.click(start);
  expect(start.disabled).toBe(true);
  expect(screen.get('progressbar', t('bench-running', { name: 'Finch' }))).toBeDefined();
  await screen.click(screen.get('button', t('stop')));
  expect(client.sent('stop-benchmark')).toHaveLength(1);
  await settled(() => answer(null));
  expect([start.disabled, screen.query('progressbar')]).toEqual([false, undefined]);
});

test('results of all stored models are drawn, and that of the active one is explained', async () => {
  const { screen } = await section({
    a: result(),
    b: result({ decodeTokensPerSecond: 30 }),
    deleted: result(),
  });
  expect(screen.names('img')).toEqual([
    t('bench-picture', { name: 'Finch', read: '1,333', write: '10', memory: '1 GB' }),
    t('bench-picture', { name: 'Wren', read: '1,333', write: '30', memory: '1 GB' }),
  ]);
  const meaning = { read: duration(1), write: duration(13.3) };
  expect(screen.get('status').textContent).toBe(t('bench-meaning', meaning));
});

test('bars are logarithmic and stay inside the chart', async () => {
  const { screen } = await section({
    a: result({ prefillTokensPerSecond: 100, decodeTokensPerSecond: 1e6, peakGpuBytes: 1 }),
  });
  const width = (name: string) => Number(screen.root.querySelector(`rect.${name}`)!.getAttribute('width'));
  expect([width('read'), width('write'), width('memory')]).toEqual([50, 100, 1]);
});

test('a measurement without a speed is not explained', async () => {
  const { screen } = await section({ a: result({ decodeTokensPerSecond: 0 }) });
  expect(screen.get('status').textContent).toBe('');
});
