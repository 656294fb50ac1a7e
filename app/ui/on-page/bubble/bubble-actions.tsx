/** Actions on a translation in the bubble: copy, replace, undo, read aloud, retry, stop. */
import { number, t, type TextKey } from '../../../i18n/index.ts';
import type { BubbleController } from './bubble-controller.ts';
import { CopyButton } from '../../kit/copy-button.tsx';
import { Icon, type IconName } from '../../kit/icons.tsx';

export function BubbleActions({ controller }: { controller: BubbleController }) {
  const job = controller.job.value;
  const text = controller.answer();
  if (controller.same.value || controller.unwritten.value) return null;
  if (controller.busy.value)
    return <Running controller={controller} rate={text === '' ? 0 : (job?.tokensPerSecond ?? 0)} />;
  const replaceable =
    controller.swappedText.value === undefined && controller.selected.value?.replace !== undefined;
  return (
    <div class="actions row">
      {text !== '' && <CopyButton text={text} />}
      {text !== '' && replaceable && controller.undo.value === undefined && (
        <Action icon="edit" label="replace" onClick={() => controller.replace()} />
      )}
      {controller.undo.value !== undefined && (
        <Action icon="undo" label="undo" onClick={() => void controller.undoReplace()} />
      )}
      <span class="apart" />
      {text !== '' && <Speak controller={controller} />}
      <IconAction icon="again" label="retry" onClick={() => void controller.translate()} />
    </div>
  );
}

function Running({ controller, rate }: { controller: BubbleController; rate: number }) {
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
function Speak({ controller }: { controller: BubbleController }) {
  const { speech } = controller.options;
  if (!speech.can(controller.language.value)) return null;
  const speaking = speech.speaking.value;
  return (
    <IconAction
      icon={speaking ? 'stop' : 'speak'}
      label={speaking ? 'speak-stop' : 'speak'}
      onClick={() => controller.speak()}
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
