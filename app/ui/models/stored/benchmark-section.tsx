/** A benchmark of ten seconds, and a chart of the results of all models: reading, writing, memory. */
import type { StoredModel } from '../../../../engine/index.ts';
import { bytes, date, duration, number, t } from '../../../i18n/index.ts';
import type { Benchmark } from '../../../protocol/types.ts';
import { Icon } from '../../kit/icons.tsx';
import type { ModelsController } from '../models-controller.ts';

/** Tokens of a page (1000 words) and of a summary (100 words), at about four tokens for three words. */
const PAGE_TOKENS = 1333;
const SUMMARY_TOKENS = 133;

interface MeasuredModel {
  readonly model: StoredModel;
  readonly result: Benchmark;
}

export function BenchmarkSection({ controller }: { controller: ModelsController }) {
  const models = controller.worker.models.value;
  const results = controller.worker.settings.value?.benchmarks ?? {};
  const active = models?.active;
  if (models === undefined || active === undefined || !('model' in active)) return null;
  const measured = models.stored.flatMap((model): MeasuredModel[] => {
    const result = results[model.id];
    return result === undefined ? [] : [{ model, result }];
  });
  const current = measured.find(({ model }) => model.id === active.model.id);
  const running = controller.measuring.value;
  const { name } = active.model;
  return (
    <section class="stack">
      <h2>{t('bench-title')}</h2>
      <p class="soft small">{t('bench-intro')}</p>
      {measured.length > 0 && <Chart measured={measured} />}
      <div role="status">{current !== undefined && !running && <Explanation result={current.result} />}</div>
      <div class="row">
        <button type="button" class="button" disabled={running} onClick={() => void controller.measure()}>
          <Icon name="gauge" />
          {t(running ? 'bench-running' : 'bench-start', { name })}
        </button>
        {running && (
          <button type="button" class="button" onClick={() => void controller.request('stop-benchmark', {})}>
            <Icon name="stop" />
            {t('stop')}
          </button>
        )}
      </div>
      {running && <progress class="bar" aria-label={t('bench-running', { name })} />}
    </section>
  );
}

function Explanation({ result }: { result: Benchmark }) {
  const { prefillTokensPerSecond: read, decodeTokensPerSecond: write } = result;
  if (read <= 0 || write <= 0) return null;
  const texts = { read: duration(PAGE_TOKENS / read), write: duration(SUMMARY_TOKENS / write) };
  return <p class="small">{t('bench-meaning', texts)}</p>;
}

type Quantity = 'read' | 'write' | 'memory';
const QUANTITIES: readonly Quantity[] = ['read', 'write', 'memory'];

const quantitiesOf = ({ prefillTokensPerSecond, decodeTokensPerSecond, peakGpuBytes }: Benchmark) => ({
  read: prefillTokensPerSecond,
  write: decodeTokensPerSecond,
  memory: peakGpuBytes,
});

const formatted = (quantity: Quantity, value: number): string =>
  quantity === 'memory' ? bytes(value) : t('bench-per-second', { n: number(value, value < 10 ? 1 : 0) });

function Chart({ measured }: { measured: readonly MeasuredModel[] }) {
  return (
    <ul class="bench">
      {measured.map(({ model, result }) => (
        <li key={model.id} class="card">
          <h3 dir="auto">{model.name}</h3>
          <Bars name={model.name} result={result} />
          <p class="soft small">
            {t('bench-when', {
              date: date(result.at),
              activations: t(result.activations === 'f16' ? 'precision-f16' : 'precision-f32'),
            })}
          </p>
        </li>
      ))}
      <li class="soft small">{t('bench-scale')}</li>
    </ul>
  );
}

/** Bounds of each bar's logarithmic scale: devices differ by a factor of a thousand. */
const SCALES: { readonly [Q in Quantity]: readonly [min: number, max: number] } = {
  read: [1, 10_000],
  write: [0.1, 1000],
  memory: [1e6, 1e10],
};
/** Reading speed of people, in tokens per second. */
const READING_PACE = 5;

/** Position on the bar, in per cent of its length. */
function percentOf(quantity: Quantity, value: number): number {
  const [min, max] = SCALES[quantity];
  const part = Math.log(Math.max(value, min) / min) / Math.log(max / min);
  return Math.min(100, Math.max(1, 100 * part));
}

function Bars({ name, result }: { name: string; result: Benchmark }) {
  const values = quantitiesOf(result);
  const label = t('bench-picture', {
    name,
    read: number(values.read, 1),
    write: number(values.write, 1),
    memory: bytes(values.memory),
  });
  return (
    <div class="bars" role="img" aria-label={label}>
      {QUANTITIES.map((quantity) => (
        <div key={quantity} class="bar-row small">
          <span class="soft">{t(`bench-${quantity}`)}</span>
          <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" width="100" height="6" />
            <rect class={quantity} width={percentOf(quantity, values[quantity])} height="6" />
            {[25, 50, 75].map((x) => (
              <rect key={x} class="tick" x={x} width="0.3" height="6" />
            ))}
            {quantity === 'write' && (
              <rect class="pace" x={percentOf('write', READING_PACE)} width="0.8" height="6" />
            )}
          </svg>
          <strong>{formatted(quantity, values[quantity])}</strong>
        </div>
      ))}
    </div>
  );
}
