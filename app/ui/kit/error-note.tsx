/** What went wrong in a sentence, what to do about it, and the facts for those who want them. */
import type { ComponentChildren } from 'preact';
import type { WireError } from '../../protocol/errors.ts';
import { nextStep, t, type TextKey } from '../../i18n/index.ts';

export function ErrorNote({ error, children }: { error: WireError; children?: ComponentChildren }) {
  return (
    <div class="note error" role="alert">
      <p>
        <strong>{t(`error-${error.code}` as TextKey)}</strong> {nextStep(error)}
      </p>
      {/* What is to be changed is said nowhere else. */}
      <details open={error.code === 'request-invalid'}>
        <summary>{t('details')}</summary>
        <dl class="facts">
          <dd>{error.message}</dd>
          <dd class="soft">
            {error.code} · {error.who}
          </dd>
        </dl>
      </details>
      {children !== undefined && <div class="row">{children}</div>}
    </div>
  );
}
