/**
 * The views of the bubble or the translation bar, in a frame of Linnet's own origin on a web page. What they show comes
 * from the content script, which also carries out what the person does. The frame asks nothing of the engine itself, so a
 * page that came to know its address would get an empty view.
 */
import { type Signal, signal } from '@preact/signals';
import { type ComponentChild, render } from 'preact';
import { directionOf, t, textLanguage, useTexts } from '../../../i18n/index.ts';
import { Speech } from '../../kit/speech.ts';
import { Bubble } from '../bubble/bubble.tsx';
import { bubbleShape } from '../bubble/bubble-model.ts';
import { Hover } from '../hover/hover.tsx';
import { hoverShape } from '../hover/hover-model.ts';
import { TranslationBar } from '../translation-bar/translation-bar.tsx';
import { translationShape } from '../translation-bar/translation-model.ts';
import { type FromFrame, readFragment, type SurfaceName, type ToFrame } from './messages.ts';
import { createMirror, type State } from './mirror.ts';
import { patched } from './patch.ts';

interface View {
  readonly content: ComponentChild;
  update(state: State): void;
}

type Act = (name: string, args: readonly unknown[]) => void;

const VIEWS: Readonly<Record<SurfaceName, (act: Act) => View>> = {
  bubble: (act) => {
    const { model, update } = createMirror(bubbleShape, act);
    return { content: <Bubble controller={model} speech={new Speech()} />, update };
  },
  bar: (act) => {
    const { model, update } = createMirror(translationShape, act);
    return { content: <TranslationBar controller={model} />, update };
  },
  hover: (act) => {
    const { model, update } = createMirror(hoverShape, act);
    return { content: <Hover controller={model} />, update };
  },
};

/**
 * Renders the views into `root`. `seenFor` is that of sight.ts; `post` sends to the content script. Returns the function that
 * takes the messages of the content script.
 */
export function createFrameApp(
  name: SurfaceName,
  root: HTMLElement,
  seenFor: () => number | undefined,
  post: (message: FromFrame) => void,
): (message: ToFrame) => void {
  const refusals = signal<Refusals>({ times: 0, covered: false });
  const view = VIEWS[name]((action, args) => {
    refusals.value = { ...refusals.value, covered: false };
    post({ kind: 'act', name: action, args, seenFor: seenFor() });
  });
  const redraw = () => {
    root.lang = textLanguage();
    root.dir = directionOf(root.lang);
    // Rendered anew: the views do not depend on the texts.
    render(null, root);
    render(<Guarded refusals={refusals} content={view.content} />, root);
  };
  redraw();
  let state: unknown;
  return (message) => {
    if (message.kind === 'texts') {
      useTexts(message.language, message.texts);
      redraw();
    } else if (message.kind === 'room') root.style.setProperty('--room', `${message.height}px`);
    else if (message.kind === 'refused')
      refusals.value = { times: refusals.value.times + 1, covered: !message.early };
    else {
      state = patched(state, message.patch);
      view.update(state as State);
    }
  };
}

interface Refusals {
  readonly times: number;
  /** The latest was for what the page does to the frame. */
  readonly covered: boolean;
}

/** Draws the views again after a refusal, since a list shows what was chosen and not done. */
function Guarded({ refusals, content }: { refusals: Signal<Refusals>; content: ComponentChild }) {
  const { times, covered } = refusals.value;
  return (
    <>
      {covered && (
        <p class="refused small" role="alert">
          {t('page-covers')}
        </p>
      )}
      <div key={`${times}`} data-refusals={times}>
        {content}
      </div>
    </>
  );
}

/** Waits for the content script that made this frame, and calls `connected` with its end of the channel. */
export function awaitLink(hash: string, connected: (name: SurfaceName, port: MessagePort) => void): void {
  const wanted = readFragment(hash);
  if (wanted === undefined) return;
  const onMessage = ({ source, data, ports: [port] }: MessageEvent) => {
    if (source !== window.parent || data !== wanted.nonce || port === undefined) return;
    window.removeEventListener('message', onMessage);
    connected(wanted.name, port);
  };
  window.addEventListener('message', onMessage);
}
