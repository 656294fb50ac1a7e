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
      <ErrorDetails error={error} open={error.code === 'request-invalid'} />
      {children !== undefined && <div class="row">{children}</div>}
    </div>
  );
}

interface ErrorDetailsProps {
  readonly error: WireError;
  /** What the error is about, where a reader knows that by another name. */
  readonly who?: string;
  readonly open?: boolean;
}

export function ErrorDetails({ error, who = error.who, open = false }: ErrorDetailsProps) {
  return (
    <details open={open}>
      <summary>{t('details')}</summary>
      <dl class="facts">
        <dd>{error.message}</dd>
        <dd class="soft">
          {error.code} · {who}
        </dd>
      </dl>
    </details>
  );
}
