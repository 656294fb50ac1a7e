/** What the translation bar shows and does. The controller on the page implements it, and a mirror in the frame of the bar. */
import type { ReadonlySignal } from '@preact/signals';
import type { PageNote, Scope } from '../../../page/translate/page-translation.ts';
import type { View } from '../../../page/translate/translated-paragraph.ts';
import type { TaskOffer } from '../../../protocol/abilities.ts';
import type { WireError } from '../../../protocol/errors.ts';
import type { ModelShape } from '../frame/mirror.ts';

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly running: boolean;
  readonly stopped: boolean;
}

export interface TranslationModel {
  readonly shown: ReadonlySignal<boolean>;
  readonly language: ReadonlySignal<string>;
  readonly from: ReadonlySignal<string | undefined>;
  readonly unsure: ReadonlySignal<boolean>;
  readonly needsLanguage: ReadonlySignal<boolean>;
  readonly offered: ReadonlySignal<TaskOffer | undefined>;
  readonly unwritten: ReadonlySignal<boolean>;
  readonly view: ReadonlySignal<View>;
  readonly scope: ReadonlySignal<Scope>;
  readonly progress: ReadonlySignal<Progress | undefined>;
  readonly failure: ReadonlySignal<WireError | undefined>;
  readonly notes: ReadonlySignal<readonly PageNote[]>;
  setFrom(tag: string): void | Promise<void>;
  setLanguage(tag: string): void | Promise<void>;
  insist(): void;
  setView(view: View): void;
  setScope(scope: Scope): void;
  resume(): void;
  openModels(): void;
  /** Scrolls to a paragraph. */
  reveal(note: number): void;
  stop(): void;
  restore(): void;
}

export const translationShape: ModelShape<TranslationModel> = {
  fields: {
    shown: false,
    language: 'en',
    from: undefined,
    unsure: false,
    needsLanguage: false,
    offered: undefined,
    unwritten: false,
    view: 'both',
    scope: 'article',
    progress: undefined,
    failure: undefined,
    notes: [],
  },
  actions: {
    setFrom: 'guarded',
    setLanguage: 'guarded',
    insist: 'guarded',
    setView: 'guarded',
    setScope: 'guarded',
    resume: 'guarded',
    openModels: 'guarded',
    reveal: 'guarded',
    stop: 'harmless',
    restore: 'harmless',
  },
};
