/** What the translation bar shows and does. The controller on the page implements it, and a mirror in the frame of the bar. */
import type { ReadonlySignal } from '@preact/signals';
import type { Left, PageNote, Scope } from '../../../page/translate/options.ts';
import type { View } from '../../../page/translate/unit.ts';
import type { TaskOffer } from '../../../protocol/abilities.ts';
import type { WireError } from '../../../protocol/errors.ts';
import type { RuleActions, RuleView } from '../../kit/rules/rule-row.tsx';
import type { ModelShape } from '../frame/mirror.ts';

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly running: boolean;
  readonly stopped: boolean;
  /** What stays as it is; absent while there is something to wait for. */
  readonly left?: readonly Left[];
}

export interface TranslationModel extends RuleActions {
  readonly shown: ReadonlySignal<boolean>;
  readonly language: ReadonlySignal<string>;
  readonly from: ReadonlySignal<string | undefined>;
  readonly unsure: ReadonlySignal<boolean>;
  readonly needsLanguage: ReadonlySignal<boolean>;
  readonly offered: ReadonlySignal<TaskOffer | undefined>;
  readonly unwritten: ReadonlySignal<boolean>;
  readonly asksNot: ReadonlySignal<boolean>;
  readonly view: ReadonlySignal<View>;
  readonly scope: ReadonlySignal<Scope>;
  readonly progress: ReadonlySignal<Progress | undefined>;
  readonly failure: ReadonlySignal<WireError | undefined>;
  readonly notes: ReadonlySignal<readonly PageNote[]>;
  readonly rules: ReadonlySignal<RuleView>;
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
    asksNot: false,
    view: 'both',
    scope: 'article',
    progress: undefined,
    failure: undefined,
    notes: [],
    rules: {},
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
    setRule: 'guarded',
    openSettings: 'guarded',
    stop: 'harmless',
    restore: 'harmless',
  },
};
