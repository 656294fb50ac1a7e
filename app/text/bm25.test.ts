import { describe, expect, it } from 'vitest';
import { relevance, terms } from './bm25.ts';

/** The best passage; undefined if none has a term of the question. */
function best(passages: readonly string[], ...questions: readonly string[]): string | undefined {
  const scores = relevance(passages, questions);
  const most = Math.max(...scores);
  return most === 0 ? undefined : passages[scores.indexOf(most)];
}

const english = [
  'The harbour was built in 1712. Ships from the north came here first.',
  'The town has a market on Fridays. Farmers sell apples and cheese.',
  'The lighthouse stands on a rock; its keepers lived on the island.',
  'In winter the ferries do not sail. The islanders keep stores of food.',
  'The school was closed last year, and the library moved into it.',
];

describe('the terms of a text', () => {
  it('have no case, accents or endings, and exclude stopwords', () => {
    expect(terms('What does it say about the LIGHTHOUSES?')).toEqual(terms('lighthouse'));
    expect(terms('Qu’est-ce que l’Événement ?')).toEqual(terms('evenement'));
    expect(terms('Worum geht es auf dieser Seite?')).toEqual([]);
    expect(terms('What is this page about?')).toEqual([]);
    expect(terms('ما هو ارتفاع البرج؟')).toEqual(['ارتفاع', 'برج']);
  });

  it('are found in scripts without spaces', () => {
    expect(terms('東京タワーの高さは何メートルですか')).toContain('メートル');
    expect(terms('この記事は何について書かれていますか')).toEqual([]);
    expect(terms('这个页面是关于什么的？')).toEqual([]);
    expect(terms('灯塔有多高？')).toEqual(['灯塔', '高']);
  });
});

describe('relevance', () => {
  it('finds the passage that a question asks for', () => {
    expect(best(english, 'Who lived at the lighthouse?')).toBe(english[2]);
    expect(best(english, 'When was the harbour built?')).toBe(english[0]);
    expect(best(english, 'Was 1712 mentioned?')).toBe(english[0]);
  });

  it('finds it in German, also by other forms of the words', () => {
    const german = [
      'Der Hafen wurde 1712 gebaut. Die ersten Schiffe kamen aus dem Norden.',
      'Freitags ist Markt. Bäuerinnen verkaufen Äpfel und Käse.',
      'Auf einem Felsen stehen zwei Türme. Ihre Wärter lebten auf der Insel.',
      'Im Winter fahren keine Fähren.',
    ];
    expect(best(german, 'Wie viele Turme gibt es?')).toBe(german[2]);
    expect(best(german, 'Was wird für ein Apfel verlangt?')).toBe(german[1]);
  });

  it('finds it in Japanese and in Chinese', () => {
    const japanese = [
      '港は1712年に造られました。北から船が来ました。',
      '金曜日には市場が開かれ、農家がりんごを売ります。',
      '灯台は岩の上に立っています。高さは四十メートルです。',
      '冬には船が出ません。',
    ];
    expect(best(japanese, '灯台の高さは何メートルですか？')).toBe(japanese[2]);
    expect(best(japanese, 'りんごはいつ売られますか？')).toBe(japanese[1]);
    const chinese = [
      '港口建于1712年。',
      '星期五有集市，农民卖苹果。',
      '灯塔在岩石上，高四十米。',
      '冬天没有船。',
    ];
    expect(best(chinese, '灯塔有多高？')).toBe(chinese[2]);
  });

  it('is 0 everywhere for a question that matches nothing, and for none', () => {
    for (const question of ['', '?!', 'What is this page about?', 'Any pelicans?']) {
      expect(relevance(english, [question])).toEqual([0, 0, 0, 0, 0]);
    }
    expect(relevance([], ['lighthouse'])).toEqual([]);
  });

  it('ignores a word that most passages have', () => {
    const passages = english.map((text) => `${text} Linnet.`);
    expect(best(passages, 'Linnet?')).toBeUndefined();
    expect(best(passages, 'Linnet, the ferries?')).toBe(passages[3]);
  });

  it('counts the previous question too, but less', () => {
    expect(best(english, 'And why?', 'Do the ferries sail?')).toBe(english[3]);
    expect(best(english, 'And the library?', 'Do the ferries sail?')).toBe(english[4]);
  });

  it('prefers a rare word, and a short passage', () => {
    const passages = ['bread and salt', 'bread and rye', 'salt, much water, much sand, stones', 'wood'];
    expect(best(passages, 'rye bread')).toBe(passages[1]);
    expect(best(passages, 'salt')).toBe(passages[0]);
  });
});
