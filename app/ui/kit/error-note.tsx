/** Shows an error: what went wrong, what to do about it, and the technical details folded away. */
import type { ComponentChildren } from 'preact';
import type { WireError } from '../../protocol/errors.ts';
import { nextStep, t, type TextKey } from '../../i18n/index.ts';

export function ErrorNote({ error, children }: { error: WireError; children?: ComponentChildren }) {
  return (
    <div class="note error" role="alert">
      <p>
        <strong>{t(`error-${error.code}` as TextKey)}</strong> {nextStep(error)}
      </p>
      {/* For this code, only the message says what to change. */}
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
