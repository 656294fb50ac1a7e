/** Says that an answer's numbers and names were looked up on its page, and shows the sentences that were left out. */
import type { ClaimCheck } from '../../../protocol/types.ts';
import { t } from '../../../i18n/index.ts';

export function ClaimsNote({ leftOut, doubtful, quoted }: ClaimCheck) {
  if (quoted === true) return <p class="aside">{t('claims-quoted')}</p>;
  if (doubtful !== undefined)
    return <p class="aside">{t('claims-doubtful', { claims: doubtful.join(' · ') })}</p>;
  if (leftOut.length === 0) return <p class="small soft">{t('claims-checked')}</p>;
  return (
    <details class="notes small">
      <summary>{t('claims-left-out', { n: leftOut.length })}</summary>
      <ul>
        {leftOut.map((sentence, index) => (
          <li key={index} dir="auto">
            {sentence}
          </li>
        ))}
      </ul>
    </details>
  );
}
