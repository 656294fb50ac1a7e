import { describe, expect, it } from 'vitest';
import { Speech, voiceFor } from './speech.ts';

const voice = (lang: string, localService = true, isDefault = false) => ({
  lang,
  localService,
  default: isDefault,
});

describe('reading aloud', () => {
  it('uses a voice of the language, the default one first', () => {
    const voices = [voice('en-US'), voice('de-AT'), voice('de-DE', true, true)];
    expect(voiceFor('de', voices)).toBe(voices[2]);
    expect(voiceFor('de-CH', voices.slice(0, 2))).toBe(voices[1]);
    expect(voiceFor('fr', voices)).toBeUndefined();
  });

  it('never uses a voice that sends the text to a server', () => {
    expect(voiceFor('de', [voice('de-DE', false, true)])).toBeUndefined();
  });

  it('is not offered if the browser has no speech synthesis', () => {
    const speech = new Speech();
    expect(speech.can('en')).toBe(false);
    speech.speak('Hello', 'en');
    expect(speech.speaking.value).toBe(false);
    speech.dispose();
  });
});
