/**
 * Runs in the page of a case: translates it with the control of the translation bar and a translator that needs no model.
 * It puts a sign before each word, so that a test sees what is translated, and keeps, loses or turns around the marks.
 */
import { TranslationController } from '../../app/ui/on-page/translation-bar/translation-controller.ts';
import type { Translator } from '../../app/ui/on-page/translator.ts';
import type { Send } from '../../app/protocol/requests.ts';
import type { Job } from '../../app/protocol/types.ts';
import { translationJob } from '../../app/testing/builders.ts';
import { settings } from '../../app/testing/builders.ts';

export type MarkHabit = 'keeps' | 'loses' | 'turns';

const MARK = /(<\/?\d+\/?>)/;
const inOther = (text: string): string =>
  text.replace(/\p{L}[\p{L}\p{M}\p{N}'’]*/gu, (word) => (word.startsWith('ü') ? word : `ü${word}`));

function translated(text: string, habit: MarkHabit): string {
  const pieces = text.split(MARK);
  const words = pieces.map((piece, index) => (index % 2 === 0 ? inOther(piece) : piece));
  if (habit === 'loses') return words.filter((_, index) => index % 2 === 0).join('');
  if (habit === 'keeps') return words.join('');
  // The marks of the first level in the opposite order, with what is in them.
  const whole = /<(\d+)>.*?<\/\1>|<\d+\/>/gs;
  const found = words.join('').match(whole) ?? [];
  return words.join('').replace(whole, () => found.pop()!);
}

class WithoutModel {
  asked: string[] = [];
  stops = 0;
  private readonly habit: MarkHabit;
  private readonly pause: number;

  constructor(habit: MarkHabit, pause: number) {
    this.habit = habit;
    this.pause = pause;
  }

  async languages() {
    return settings({ language: 'de' });
  }

  async offer() {
    return undefined;
  }

  async chooseLanguage() {}

  async translate({ request }: Send<'translate'>, onJob: (job: Job) => void): Promise<Job> {
    this.asked.push(request.text);
    await new Promise((resolve) => setTimeout(resolve, this.pause));
    const job = translationJob({ text: translated(request.text, this.habit) });
    onJob(job);
    return job;
  }

  stop(): void {
    this.stops++;
  }
}

/** What a check calls in the page. */
export interface TranslatedPage {
  readonly asked: readonly string[];
  start(): Promise<void>;
  view(view: 'both' | 'translation'): void;
  insist(): void;
  restore(): void;
  state(): {
    readonly done: number;
    readonly total: number;
    readonly running: boolean;
    readonly asksNot: boolean;
    readonly left: readonly string[];
  };
}

/** `pause`: milliseconds that a translation takes. */
function translatePage(habit: MarkHabit, pause: number): TranslatedPage {
  const translator = new WithoutModel(habit, pause);
  const controller = new TranslationController(translator as unknown as Translator, undefined, 'en');
  return {
    get asked() {
      return translator.asked;
    },
    start: () => controller.start(),
    view: (view) => controller.setView(view),
    insist: () => controller.insist(),
    restore: () => controller.restore(),
    state: () => {
      const { done = 0, total = 0, running = false, left = [] } = controller.progress.value ?? {};
      const reasons = left.map(({ reason, count }) => `${reason} ${count}`);
      return { done, total, running, asksNot: controller.asksNot.value, left: reasons };
    },
  };
}

Object.assign(globalThis, { translatePage });
