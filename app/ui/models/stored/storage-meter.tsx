/** A bar that shows how full the storage is: a segment for each model, one for other data, and the free space. */
import type { StoredModel } from '../../../../engine/index.ts';
import { bytes, t } from '../../../i18n/index.ts';

interface MeterProps {
  readonly stored: readonly StoredModel[];
  readonly usage: number;
  readonly quota: number;
}

/** Number of shades for models, used in turn. */
const SHADES = 4;
/** Minimum width (%) of a segment; narrower ones would not be visible. */
const MIN_PERCENT = 0.6;

export function StorageMeter({ stored, usage, quota }: MeterProps) {
  const models = stored.reduce((sum, model) => sum + model.bytes, 0);
  const other = Math.max(0, usage - models);
  const free = Math.max(0, quota - usage);
  const label = t('meter-label', { used: bytes(models), other: bytes(other), free: bytes(free) });
  const segments = [
    ...stored.map(({ id, name, bytes: size }, i) => ({ key: id, name, size, tone: `shade-${i % SHADES}` })),
    { key: 'other', name: t('meter-other'), size: other, tone: 'other' },
  ].filter(({ size }) => size > 0);
  const widths = segments.map(({ size }) => Math.max(MIN_PERCENT, (100 * size) / Math.max(1, quota)));
  const starts = widths.map((_, i) => widths.slice(0, i).reduce((sum, width) => sum + width, 0));
  return (
    <figure class="meter">
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label={label}>
        <rect class="free" width="100" height="4" />
        {segments.map(({ key, tone }, i) => (
          <rect key={key} class={tone} x={starts[i]} width={widths[i]} height="4" />
        ))}
      </svg>
      <figcaption class="legend small soft">
        {segments.map(({ key, name, size, tone }) => (
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
