/** How full the model's context is, and what that means for the next question. */
import { percent, number, t } from '../../i18n/index.ts';
import type { ContextUse } from '../state/context-use.ts';

export function ContextMeter({ use }: { use: ContextUse }) {
  const detail = t('context-detail', { used: number(use.used), capacity: number(use.capacity) });
  const said = t('context-used', { percent: percent(use.part) });
  return (
    <span class={`context ${use.state} small soft`} title={`${t('context-meter')}: ${detail}`}>
      <meter
        class="context-bar"
        aria-label={t('context-meter')}
        aria-valuetext={`${said}, ${detail}`}
        value={use.part}
        max={1}
      />
      {said}
    </span>
  );
}

/** A sentence where the room runs out; nothing while there is enough. */
export function ContextNote({ use }: { use: ContextUse }) {
  if (use.state === 'roomy') return null;
  return <p class="context-note small">{t(`context-${use.state}`)}</p>;
}
