/** What a model's files say of dialogues, in plain words: what stands in for its chat template, and what it lacks. */
import type { DialogueReport } from '../../../engine/index.ts';
import { t } from '../../i18n/index.ts';
import { Icon } from '../kit/icons.tsx';

/** Null where there is nothing to know. */
export function DialogueNote({ dialogue }: { dialogue: DialogueReport | undefined }) {
  if (dialogue === undefined) return null;
  const { problem, line, near } = dialogue;
  const warnings = warningsOf(dialogue);
  const remarks = remarksOf(dialogue);
  return (
    <>
      {warnings.length > 0 && (
        <div class="note caution">
          <Icon name="warning" />
          <div class="stack tight">
            {warnings.map((text) => (
              <p key={text}>{text}</p>
            ))}
            {problem !== undefined && (
              <details>
                <summary>{t('details')}</summary>
                <dl class="facts">
                  <dd dir="auto">{problem}</dd>
                  {line !== undefined && (
                    <dd class="soft">
                      {t('dialogue-line', { line })} <code dir="ltr">{near}</code>
                    </dd>
                  )}
                </dl>
              </details>
            )}
          </div>
        </div>
      )}
      {remarks.map((text) => (
        <p key={text} class="soft small">
          {text}
        </p>
      ))}
    </>
  );
}

function warningsOf({ own, standIn: format, without = [], endless }: DialogueReport): string[] {
  const ofTemplate = {
    rendered: undefined,
    absent: undefined,
    refused: t('dialogue-refused'),
    failed: format === undefined ? t('dialogue-failed-alone') : t('dialogue-failed', { format }),
  }[own];
  return [
    ...(ofTemplate === undefined ? [] : [ofTemplate]),
    ...(without.includes('earlier') ? [t('dialogue-earlier')] : []),
    ...(endless === true ? [t('dialogue-endless')] : []),
  ];
}

function remarksOf({ own, standIn: format, without = [] }: DialogueReport): string[] {
  return [
    ...(own === 'absent' && format !== undefined ? [t('dialogue-absent', { format })] : []),
    ...(without.includes('system') ? [t('dialogue-system')] : []),
  ];
}
