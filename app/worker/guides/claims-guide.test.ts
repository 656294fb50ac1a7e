import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PageFacts } from '../../text/claims/page-facts.ts';
import type { PageText } from '../../protocol/types.ts';
import { checkAnswer, claimsGuide, groundOf } from './answer-check.ts';
import { ClaimsGuide, MOST_TRIES, MOST_TRIES_IN_ALL } from './claims-guide.ts';
import { scriptedModel } from './scripted-model.ts';

const text = 'The linnet of Rosedale sings in May, and in 2014 Ada Finch counted 3.5 million birds there.';
const facts = new PageFacts([text]);
const guide = (begun = '') => new ClaimsGuide({ page: facts, begun, options: () => ({ language: 'en' }) });
const write = (wants: readonly string[], begun = '') => scriptedModel().answer(guide(begun), wants);

describe('a sentence that claims what the page does not have', () => {
  it('is written again with another first word', () => {
    const made = write([
      'It sings. The bird flew to Peru. It sleeps.',
      'It sings. Ada counted it. It sleeps.',
    ]);
    expect(made).toMatchObject({ text: 'It sings. Ada counted it. It sleeps.', rewinds: 1 });
  });

  it('is written again at its bullet, after the beginning that was given', () => {
    const made = write(
      [' In 2201 it sang.\n- Two.', ' It sings.\n- In 1850 it sang.', ' It sings.\n- Ada came.'],
      '-',
    );
    expect(made).toMatchObject({ text: ' It sings.\n- Ada came.', rewinds: 2 });
  });

  it(`stays after ${MOST_TRIES} more tries, and the model goes on`, () => {
    const made = write(['Peru won. It sings.', 'Chile won. It sings.', 'Japan won. It sings.', 'It sings.']);
    expect(made).toMatchObject({ text: 'Japan won. It sings.', rewinds: MOST_TRIES });
  });

  it(`is written again at most ${MOST_TRIES_IN_ALL} times in an answer`, () => {
    const countries = ['Peru', 'Chile', 'Japan'];
    const wants: string[] = [''];
    for (let point = 0; point < 6; point++)
      wants.push(...wants.splice(0).flatMap((before) => countries.map((name) => `${before}${name} won.\n`)));
    expect(write(wants).rewinds).toBe(MOST_TRIES_IN_ALL);
  });

  it('is not seen in a number or a name that is still being written', () => {
    const answer = 'There are 3.5 million birds in Rosedale. It was 2014.';
    expect(write([answer])).toMatchObject({ text: answer, rewinds: 0 });
  });
});

it('the answers of the demo model are kept as they are', () => {
  const examples = JSON.parse(readFileSync('assets/demo/examples.json', 'utf8')) as {
    readonly messages: readonly { readonly content: string }[];
    readonly answer: string;
  }[];
  const checked = examples.flatMap(({ messages, answer }) => {
    const [, title, body] = /<page>\n(.*)\n\n([\s\S]*)\n<\/page>/.exec(messages[1]!.content) ?? [];
    if (body === undefined) return [];
    const said = messages.slice(2).map(({ content }) => content);
    const page: PageText = { url: '', title: title!, dir: 'ltr', text: body, source: 'main' };
    return [{ answer, made: checkAnswer(answer, groundOf(page, [], said.join(' '))).text }];
  });
  expect(checked.length).toBeGreaterThan(5);
  for (const { answer, made } of checked) expect(made).toBe(answer);
});

describe('the check of a whole answer', () => {
  const page: PageText = {
    url: 'https://heath.example.org/',
    title: 'A bird',
    lang: 'en',
    dir: 'ltr',
    text,
    source: 'main',
  };
  const ground = groundOf(page, [], 'Is it in Peru?');

  it('leaves sentences out, and keeps them beside the answer', () => {
    expect(checkAnswer('It sings in May. It sang in 2201.', ground)).toEqual({
      text: 'It sings in May.',
      claims: { leftOut: ['It sang in 2201.'] },
    });
  });

  it('says what is doubtful where nothing would be left', () => {
    expect(checkAnswer('The CIA counted 17.', ground, 'en')).toEqual({
      text: 'The CIA counted 17.',
      claims: { leftOut: [], doubtful: ['CIA', '17'] },
    });
  });

  it('says nothing of an answer without numbers and names', () => {
    expect(checkAnswer('It sings.', ground)).toEqual({ text: 'It sings.' });
  });

  it('lets an answer repeat the question, the title and the address', () => {
    expect(checkAnswer('It is not in Peru, says Heath of the Bird.', ground, 'en').claims).toEqual({
      leftOut: [],
    });
  });

  it('looks only for numbers in an answer in another language', () => {
    const answer = 'Der Vogel sang 2014 im Rosental bei Anna Fink. Es war 2201.';
    expect(checkAnswer(answer, ground, 'de')).toEqual({
      text: 'Der Vogel sang 2014 im Rosental bei Anna Fink.',
      claims: { leftOut: ['Es war 2201.'] },
    });
  });

  it('is made of the same page as the guide', () => {
    const made = scriptedModel().answer(claimsGuide(ground, ''), ['The CIA came. It sang.', 'It sang.']);
    expect(made.text).toBe('It sang.');
  });
});
