/** Shows how full the model's context is, and what that means for the next question. */
import { percent, number, t } from '../../i18n/index.ts';
import type { ContextUse } from '../state/context-use.ts';

export function ContextMeter({ use }: { use: ContextUse }) {
  const detail = t('context-detail', { used: number(use.used), capacity: number(use.capacity) });
  const percentUsed = t('context-used', { percent: percent(use.part) });
  return (
    <span class={`context ${use.state} small soft`} title={`${t('context-meter')}: ${detail}`}>
      <meter
        class="context-bar"
        aria-label={t('context-meter')}
        aria-valuetext={`${percentUsed}, ${detail}`}
        value={use.part}
        max={1}
      />
      {percentUsed}
    </span>
  );
}

/** Warns when the context is nearly full or full. */
export function ContextNote({ use }: { use: ContextUse }) {
  if (use.state === 'roomy') return null;
  return <p class="context-note small">{t(`context-${use.state}`)}</p>;
}
