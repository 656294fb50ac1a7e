/** The form in which a prompt is edited, in the place of its row. */
import type { ComponentChildren } from 'preact';
import { t } from '../../../i18n/index.ts';

interface PromptFormProps {
  /** It can be saved as it is. */
  readonly complete: boolean;
  readonly children: ComponentChildren;
  onSave(): void;
  onCancel(): void;
}

export function PromptForm({ complete, children, onSave, onCancel }: PromptFormProps) {
  return (
    <form
      class="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (complete) onSave();
      }}
    >
      {children}
      <div class="row">
        <button type="submit" class="button primary" disabled={!complete}>
          {t('save')}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          {t('cancel')}
        </button>
      </div>
    </form>
  );
}
