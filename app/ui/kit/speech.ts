/**
 * Reading aloud by the browser's own voices, and only those that live on this device: others send the text away.
 * Where the browser has none for a language, nothing is offered.
 */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { sameLanguage } from '../../text/language.ts';

export type Voice = Pick<SpeechSynthesisVoice, 'lang' | 'localService' | 'default'>;

/** The browser's default voice first, else any of the language. */
export function voiceFor<V extends Voice>(language: string, voices: readonly V[]): V | undefined {
  const able = voices.filter(({ lang, localService }) => localService && sameLanguage(lang, language));
  return able.find((voice) => voice.default) ?? able[0];
}

export class Speech {
  readonly speaking: ReadonlySignal<boolean>;
  private readonly talking: Signal<boolean> = signal(false);
  private readonly voices: Signal<readonly SpeechSynthesisVoice[]> = signal([]);
  private readonly synthesis = 'speechSynthesis' in globalThis ? globalThis.speechSynthesis : undefined;
  private readonly refresh = () => {
    this.voices.value = this.synthesis?.getVoices() ?? [];
  };

  constructor() {
    this.speaking = this.talking;
    // Voices come late in most browsers.
    this.synthesis?.addEventListener?.('voiceschanged', this.refresh);
    this.refresh();
  }

  can(language: string): boolean {
    return voiceFor(language, this.voices.value) !== undefined;
  }

  speak(text: string, language: string): void {
    const voice = voiceFor(language, this.voices.value);
    if (this.synthesis === undefined || voice === undefined) return;
    this.synthesis.cancel();
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    const end = () => {
      this.talking.value = false;
    };
    utterance.onend = end;
    utterance.onerror = end;
    this.talking.value = true;
    this.synthesis.speak(utterance);
  }

  stop(): void {
    if (this.talking.value) this.synthesis?.cancel();
    this.talking.value = false;
  }

  dispose(): void {
    this.stop();
    this.synthesis?.removeEventListener?.('voiceschanged', this.refresh);
  }
}
