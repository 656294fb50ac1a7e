/** Actions on a translation in the bubble: copy, replace, undo, read aloud, retry, stop. */
import { useEffect } from 'preact/hooks';
import { number, t, type TextKey } from '../../../i18n/index.ts';
import { answerOf, type BubbleModel } from './bubble-model.ts';
import { CopyButton } from '../../kit/copy-button.tsx';
import { Icon, type IconName } from '../../kit/icons.tsx';
import type { Speech } from '../../kit/speech.ts';

interface BubbleActionsProps {
  readonly controller: BubbleModel;
  readonly speech: Speech;
}

export function BubbleActions({ controller, speech }: BubbleActionsProps) {
  const job = controller.job.value;
  const text = answerOf(job);
  if (controller.same.value || controller.unwritten.value) return null;
  if (controller.busy.value)
    return <Running controller={controller} rate={text === '' ? 0 : (job?.tokensPerSecond ?? 0)} />;
  const undoable = controller.undoable.value;
  return (
    <div class="actions row">
      {text !== '' && <CopyButton text={text} />}
      {text !== '' && controller.replaceable.value && !undoable && (
        <Action icon="edit" label="replace" onClick={() => controller.replace()} />
      )}
      {undoable && <Action icon="undo" label="undo" onClick={() => void controller.undoReplace()} />}
      <span class="apart" />
      {text !== '' && <Speak text={text} language={controller.language.value} speech={speech} />}
      <IconAction icon="again" label="retry" onClick={() => void controller.translate()} />
    </div>
  );
}

function Running({ controller, rate }: { controller: BubbleModel; rate: number }) {
  return (
    <div class="actions row">
      <button type="button" class="button little" onClick={() => controller.stop()}>
        <Icon name="stop" />
        {t('stop')}
      </button>
      {rate > 0 && <span class="small soft apart">{t('rate', { rate: number(rate, 1) })}</span>}
    </div>
  );
}

/** Shown only if the device has a local voice for the language. */
interface SpeakProps {
  readonly text: string;
  readonly language: string;
  readonly speech: Speech;
}

function Speak({ text, language, speech }: SpeakProps) {
  // Ends when another text takes its place, or the bubble is closed.
  useEffect(() => () => speech.stop(), [text, language, speech]);
  if (!speech.can(language)) return null;
  const speaking = speech.speaking.value;
  return (
    <IconAction
      icon={speaking ? 'stop' : 'speak'}
      label={speaking ? 'speak-stop' : 'speak'}
      onClick={() => (speaking ? speech.stop() : speech.speak(text, language))}
    />
  );
}

interface ActionProps {
  readonly icon: IconName;
  readonly label: TextKey;
  onClick(): void;
}

function Action({ icon, label, onClick }: ActionProps) {
  return (
    <button type="button" class="button quiet little" onClick={onClick}>
      <Icon name={icon} />
      {t(label)}
    </button>
  );
}

function IconAction({ icon, label, onClick }: ActionProps) {
  return (
    <button type="button" class="button quiet icon" aria-label={t(label)} title={t(label)} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
