/** The result of the fit check: a word, an icon so that colour is not the only sign, and the reasons. */
import type { Fit, FitReason } from '../../../catalogue/fit.ts';
import { bytes, t } from '../../../i18n/index.ts';
import { Icon, type IconName } from '../../kit/icons.tsx';

const ICONS: { readonly [V in Fit['result']]: IconName } = { yes: 'check', tight: 'warning', no: 'close' };

export function FitBadge({ result }: { result: Fit['result'] }) {
  return (
    <span class={`badge fit-${result}`}>
      <Icon name={ICONS[result]} />
      {t(`fit-${result}`)}
    </span>
  );
}

export function FitReasons({ fit }: { fit: Fit }) {
  if (fit.reasons.length === 0) return null;
  return (
    <ul class="reasons small">
      {fit.reasons.map((reason) => (
        <li key={reason.kind}>{reasonText(reason)}</li>
      ))}
    </ul>
  );
}

export function reasonText(reason: FitReason): string {
  const { kind, ...numbers } = reason;
  const shown = Object.entries(numbers).map(([name, value]) => [name, bytes(value)]);
  return t(`fit-reason-${kind}`, Object.fromEntries(shown));
}
