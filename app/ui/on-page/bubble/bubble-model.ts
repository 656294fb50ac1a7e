/** What the bubble's views show and do. The controller on the page implements it, and a mirror in the frame of the views. */
import type { ReadonlySignal } from '@preact/signals';
import type { TaskOffer } from '../../../protocol/abilities.ts';
import type { WireError } from '../../../protocol/errors.ts';
import type { Job } from '../../../protocol/types.ts';
import { withoutMarks } from '../../../text/marks.ts';
import type { Directions } from '../fields/directions.ts';
import type { ModelShape } from '../frame/mirror.ts';

export type BubblePhase = 'hidden' | 'offer' | 'open';

export interface BubbleModel {
  readonly phase: ReadonlySignal<BubblePhase>;
  readonly swappedText: ReadonlySignal<string | undefined>;
  readonly from: ReadonlySignal<string | undefined>;
  readonly language: ReadonlySignal<string>;
  readonly same: ReadonlySignal<boolean>;
  readonly offered: ReadonlySignal<TaskOffer | undefined>;
  readonly unwritten: ReadonlySignal<boolean>;
  readonly job: ReadonlySignal<Job | undefined>;
  readonly busy: ReadonlySignal<boolean>;
  readonly failure: ReadonlySignal<WireError | undefined>;
  readonly replaceable: ReadonlySignal<boolean>;
  readonly undoable: ReadonlySignal<boolean>;
  readonly stuck: ReadonlySignal<'replace' | 'undo' | undefined>;
  readonly pinned: ReadonlySignal<boolean>;
  /** The page's language, where what is written can be put into it with one press. */
  readonly writable: ReadonlySignal<string | undefined>;
  readonly directions: ReadonlySignal<Directions | undefined>;
  /** Whether the word can be kept in the word list, and whether it is. */
  readonly keepable: ReadonlySignal<boolean>;
  readonly kept: ReadonlySignal<boolean>;
  /** Translates what is written into the page's language and puts it in its place. */
  writeIn(): void | Promise<void>;
  /** Into this language, for this text alone. */
  setDirection(tag: string): void | Promise<void>;
  /** Keeps the word, or takes it back. */
  keep(): void | Promise<void>;
  translate(): void | Promise<void>;
  insist(): void | Promise<void>;
  setLanguage(tag: string): void | Promise<void>;
  setFrom(tag: string): void | Promise<void>;
  swap(): void | Promise<void>;
  replace(): void;
  undoReplace(): void | Promise<void>;
  pin(pinned: boolean): void;
  translatePage(): void;
  openModels(): void;
  moveBy(x: number, y: number): void;
  stop(): void;
  close(): void;
}

export const bubbleShape: ModelShape<BubbleModel> = {
  fields: {
    phase: 'hidden',
    swappedText: undefined,
    from: undefined,
    language: 'en',
    same: false,
    offered: undefined,
    unwritten: false,
    job: undefined,
    busy: false,
    failure: undefined,
    replaceable: false,
    undoable: false,
    stuck: undefined,
    pinned: false,
    writable: undefined,
    directions: undefined,
    keepable: false,
    kept: false,
  },
  actions: {
    writeIn: 'guarded',
    setDirection: 'guarded',
    keep: 'guarded',
    translate: 'guarded',
    insist: 'guarded',
    setLanguage: 'guarded',
    setFrom: 'guarded',
    swap: 'guarded',
    replace: 'guarded',
    undoReplace: 'guarded',
    pin: 'guarded',
    translatePage: 'guarded',
    openModels: 'guarded',
    moveBy: 'harmless',
    stop: 'harmless',
    close: 'harmless',
  },
};

/** The translation so far, without marks. */
export const answerOf = (job: Job | undefined): string => withoutMarks(job?.text ?? '').trim();
