/** What can be done with a translation in the bubble. */
import { number, t, type TextKey } from '../../../i18n/index.ts';
import type { BubbleController } from './bubble-controller.ts';
import { CopyButton } from '../../kit/copy-button.tsx';
import { Icon, type IconName } from '../../kit/icons.tsx';

export function BubbleActions({ state }: { state: BubbleController }) {
  const job = state.job.value;
  const text = state.answer();
  if (state.same.value) return null;
  if (state.busy.value) return <Running state={state} rate={text === '' ? 0 : (job?.tokensPerSecond ?? 0)} />;
  const replaceable = state.given.value === undefined && state.selected.value?.replace !== undefined;
  return (
    <div class="actions row">
      {text !== '' && <CopyButton text={text} />}
      {text !== '' && replaceable && state.undo.value === undefined && (
        <Action icon="edit" label="replace" onClick={() => state.replace()} />
      )}
      {state.undo.value !== undefined && (
        <Action icon="undo" label="undo" onClick={() => void state.takeBack()} />
      )}
      <span class="apart" />
      {text !== '' && <Speak state={state} />}
      <IconAction icon="again" label="retry" onClick={() => void state.translate()} />
    </div>
  );
}

function Running({ state, rate }: { state: BubbleController; rate: number }) {
  return (
    <div class="actions row">
      <button type="button" class="button little" onClick={() => state.stop()}>
        <Icon name="stop" />
        {t('stop')}
      </button>
      {rate > 0 && <span class="small soft apart">{t('rate', { rate: number(rate, 1) })}</span>}
    </div>
  );
}

/** Only where the device itself has a voice for the language. */
function Speak({ state }: { state: BubbleController }) {
  const { speech } = state.options;
  if (!speech.can(state.language.value)) return null;
  const speaking = speech.speaking.value;
  return (
    <IconAction
      icon={speaking ? 'stop' : 'speak'}
      label={speaking ? 'speak-stop' : 'speak'}
      onClick={() => state.speak()}
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
