/**
 * Reads texts aloud with voices of the browser. Only voices on this device are used, because others send the text to a
 * server. Without such a voice for a language, reading aloud is not offered.
 */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { sameLanguage } from '../../text/language.ts';

export type Voice = Pick<SpeechSynthesisVoice, 'lang' | 'localService' | 'default'>;

/** Returns the browser's default voice if it speaks the language, else any local voice that does. */
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
    // Most browsers load the voices later.
    this.synthesis?.addEventListener?.('voiceschanged', this.refresh);
    this.refresh();
  }

  /** Whether there is a voice for the language (BCP 47). */
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
