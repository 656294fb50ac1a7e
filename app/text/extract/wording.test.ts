import { describe, expect, it } from 'vitest';
import { isCaption, isFirstPerson, isFurniture, isLongCaption, refersBack } from './wording.ts';

describe('a sentence refers back', () => {
  it.each([
    'They left.',
    '“But it was late.”',
    'For example, a linnet sings.',
    'Dieser Fink singt.',
    'Außerdem singt der Fink.',
    'C’est un oiseau.',
    'それは鳥です。',
    'これらの鳥は歌う。',
    '他们唱歌。',
    'هذا طائر صغير.',
  ])('in %j', (sentence) => {
    expect(refersBack(sentence)).toBe(true);
  });

  it.each([
    'The linnet sings.',
    'This year the linnet came early.',
    'Dieses Jahr kam der Fink früh.',
    'Cette année, la linotte est venue tôt.',
    'Itaewon is a part of Seoul.',
    'El pardillo canta.',
    'ヒワは歌う。',
    '朱雀唱歌。',
    'الطائر يغني.',
  ])('but not in %j', (sentence) => {
    expect(refersBack(sentence)).toBe(false);
  });
});

describe('the furniture of a page', () => {
  it.each([
    'We use cookies to improve this site.',
    'Sign up for our newsletter.',
    'All rights reserved.',
    'Alle Rechte vorbehalten.',
    'Abonnez-vous pour lire la suite.',
    'Todos los derechos reservados.',
    '無断転載を禁じます。',
    '版权所有，未经许可不得转载。',
    'جميع الحقوق محفوظة.',
    'By Ann Lee',
  ])('has %j', (sentence) => {
    expect(isFurniture(sentence)).toBe(true);
  });

  it.each([
    'She baked cookies for the whole village.',
    'By noon the town had been evacuated, said the mayor of Rosedale, who had warned of the flood.',
    'The council signed a treaty on Monday.',
  ])('does not have %j', (sentence) => {
    expect(isFurniture(sentence)).toBe(false);
  });

  it('has captions, which say who made a picture', () => {
    expect(isCaption('The mayor speaks in May. (Ann Lee/Reuters)')).toBe(true);
    expect(isCaption('Photograph by Ann Lee')).toBe(true);
    const long = `Peacekeepers at a camp on Monday. ${'In return the country has said that it will help. '.repeat(8)}`;
    expect(isLongCaption(`${long}Credit Ann Lee/Example Press — Getty Images`)).toBe(true);
    // The rest of an article says nothing of a picture.
    expect(isLongCaption(`Reuters said so on Monday. ${long}`)).toBe(false);
    expect(isCaption('The mayor speaks of a credible plan (and of two others).')).toBe(false);
  });
});

it('the writer speaks of themselves', () => {
  for (const text of ['I saw it.', 'Ich sah es.', 'J’ai vu.', '私は見た。', '我看见了。'])
    expect(isFirstPerson(text)).toBe(true);
  for (const text of ['Iris saw it.', 'Icherweise.', '我们看见了。']) expect(isFirstPerson(text)).toBe(false);
});
