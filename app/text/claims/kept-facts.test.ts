import { describe, expect, it } from 'vitest';
import { lostFacts } from './kept-facts.ts';

describe('what a translation must keep', () => {
  it.each([
    ['It has 3.5 million users since 2014.', 'Es hat seit 2014 3,5 Mio. Nutzer.'],
    ['It has 3.5 million users.', 'Ha 3,5 milioni di utenti.'],
    ['It costs 1,234.50 dollars for 3 people.', 'Es kostet 1.234,50 Dollar für drei Personen.'],
    [
      'At 3 pm on 5/12/2014, in the 1990s, on the 1st day.',
      'Um 15 Uhr am 12.5.2014, in den 90er Jahren, am ersten Tag.',
    ],
    [
      'Send it to a.b@example.org or https://example.org/x.',
      'An a.b@example.org oder https://example.org/x senden.',
    ],
    [
      'He has an iPhone and met the UN on Monday in Germany.',
      'Er hat ein iPhone und traf am Montag in Deutschland die UNO.',
    ],
    ['350万人', '3.5 million people'],
    ['2014年3月5日', 'On 5 March 2014'],
    ['٣٥ شخصا في NASA', 'NASA has 35 people'],
    ['Twelve birds sang twice.', 'Zwölf Vögel sangen zweimal.'],
  ])('%s', (source, translation) => expect(lostFacts(source, translation)).toEqual([]));
});

describe('what a translation lost', () => {
  it.each([
    ['It has 3.5 million users since 2014.', 'Es hat seit 2013 3,5 Milliarden.', ['3.5 million', '2014']],
    [
      'See https://example.org/x, page 12.',
      'Siehe https://example.com/x, Seite 12.',
      ['https://example.org/x'],
    ],
    ['COVID-19 and the iPhone of 45 people', 'Corona und das Handy von Leuten', ['45', 'COVID-19', 'iPhone']],
    ['彼はNASAにいる。', 'Er ist bei der Weltraumbehörde.', ['NASA']],
    ['Mail a@example.org, 12 times, 12 days', 'Mail', ['a@example.org', '12']],
  ])('%s', (source, translation, lost) => expect(lostFacts(source, translation)).toEqual(lost));
});
