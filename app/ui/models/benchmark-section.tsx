/** Ten seconds of measuring, and a picture of the result: reading, writing, memory, beside those of other models. */
import type { StoredModel } from '../../../engine/index.ts';
import { bytes, date, duration, number, t } from '../../i18n/index.ts';
import type { Benchmark } from '../../protocol/types.ts';
import { Icon } from '../kit/icons.tsx';
import type { ModelsController } from './models-controller.ts';

/** Tokens of a page of a thousand words, and of a hundred words: about four tokens for three words. */
const PAGE_TOKENS = 1333;
const SUMMARY_TOKENS = 133;

interface MeasuredModel {
  readonly model: StoredModel;
  readonly result: Benchmark;
}

export function BenchmarkSection({ state }: { state: ModelsController }) {
  const models = state.worker.models.value;
  const results = state.worker.settings.value?.benchmarks ?? {};
  const active = models?.active;
  if (models === undefined || active === undefined || !('model' in active)) return null;
  const measured = models.stored.flatMap((model): MeasuredModel[] => {
    const result = results[model.id];
    return result === undefined ? [] : [{ model, result }];
  });
  const mine = measured.find(({ model }) => model.id === active.model.id);
  const running = state.measuring.value;
  const { name } = active.model;
  return (
    <section class="stack">
      <h2>{t('bench-title')}</h2>
      <p class="soft small">{t('bench-intro')}</p>
      {measured.length > 0 && <Picture measured={measured} />}
      <div role="status">{mine !== undefined && !running && <Meaning result={mine.result} />}</div>
      <div class="row">
        <button type="button" class="button" disabled={running} onClick={() => void state.measure()}>
          <Icon name="gauge" />
          {t(running ? 'bench-running' : 'bench-start', { name })}
        </button>
        {running && (
          <button type="button" class="button" onClick={() => void state.request('stop-benchmark', {})}>
            <Icon name="stop" />
            {t('stop')}
          </button>
        )}
      </div>
      {running && <progress class="bar" aria-label={t('bench-running', { name })} />}
    </section>
  );
}

function Meaning({ result }: { result: Benchmark }) {
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

const shown = (quantity: Quantity, value: number): string =>
  quantity === 'memory' ? bytes(value) : t('bench-per-second', { n: number(value, value < 10 ? 1 : 0) });

function Picture({ measured }: { measured: readonly MeasuredModel[] }) {
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

/** Each bar's scale is logarithmic, from the first number to the second: devices differ a thousandfold. */
const SCALES: { readonly [Q in Quantity]: readonly [least: number, most: number] } = {
  read: [1, 10_000],
  write: [0.1, 1000],
  memory: [1e6, 1e10],
};
/** Tokens a second at which people read. */
const READING_PACE = 5;

/** Per cent of the bar's length. */
function along(quantity: Quantity, value: number): number {
  const [least, most] = SCALES[quantity];
  const part = Math.log(Math.max(value, least) / least) / Math.log(most / least);
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
            <rect class={quantity} width={along(quantity, values[quantity])} height="6" />
            {[25, 50, 75].map((x) => (
              <rect key={x} class="tick" x={x} width="0.3" height="6" />
            ))}
            {quantity === 'write' && (
              <rect class="pace" x={along('write', READING_PACE)} width="0.8" height="6" />
            )}
          </svg>
          <strong>{shown(quantity, values[quantity])}</strong>
        </div>
      ))}
    </div>
  );
}
