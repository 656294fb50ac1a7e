/** How full the device is, drawn: one bar, a part for each model, for other data, and for what is free. */
import type { StoredModel } from '../../../engine/index.ts';
import { bytes, t } from '../../i18n/index.ts';

interface MeterProps {
  readonly stored: readonly StoredModel[];
  readonly usage: number;
  readonly quota: number;
}

/** Shades of the models' parts, in turn. */
const SHADES = 4;
/** Narrower parts could not be seen. */
const LEAST_PERCENT = 0.6;

export function StorageMeter({ stored, usage, quota }: MeterProps) {
  const models = stored.reduce((sum, model) => sum + model.bytes, 0);
  const other = Math.max(0, usage - models);
  const free = Math.max(0, quota - usage);
  const label = t('meter-label', { used: bytes(models), other: bytes(other), free: bytes(free) });
  const parts = [
    ...stored.map(({ id, name, bytes: size }, i) => ({ key: id, name, size, tone: `shade-${i % SHADES}` })),
    { key: 'other', name: t('meter-other'), size: other, tone: 'other' },
  ].filter(({ size }) => size > 0);
  const widths = parts.map(({ size }) => Math.max(LEAST_PERCENT, (100 * size) / Math.max(1, quota)));
  const starts = widths.map((_, i) => widths.slice(0, i).reduce((sum, width) => sum + width, 0));
  return (
    <figure class="meter">
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label={label}>
        <rect class="free" width="100" height="4" />
        {parts.map(({ key, tone }, i) => (
          <rect key={key} class={tone} x={starts[i]} width={widths[i]} height="4" />
        ))}
      </svg>
      <figcaption class="legend small soft">
        {parts.map(({ key, name, size, tone }) => (
          <span key={key}>
            <i class={tone} aria-hidden="true" />
            <bdi>{name}</bdi> {bytes(size)}
          </span>
        ))}
        <span>
          <i class="free" aria-hidden="true" />
          {t('meter-free')} {bytes(free)}
        </span>
      </figcaption>
    </figure>
  );
}
