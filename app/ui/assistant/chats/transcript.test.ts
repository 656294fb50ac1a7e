import { describe, expect, it } from 'vitest';
import type { Transcript } from '../../../protocol/requests.ts';
import type { Job } from '../../../protocol/types.ts';
import { chatJob } from '../../../testing/builders.ts';
import { asJson, asMarkdown, fileName } from './transcript.ts';

const job = (id: string, question: string, answer: string): Job =>
  chatJob({ id, question, text: answer, model: 'Tiny' });

const transcript: Transcript = {
  conversation: {
    id: 'c',
    title: 'Small\nbirds',
    page: { url: 'https://example.org/a>b', title: 'Birds [1]', dir: 'ltr' },
    jobs: ['a', 'b2'],
    branches: [
      ['a', 'b'],
      ['a', 'b2'],
    ],
    createdAt: 0,
    updatedAt: 0,
  },
  jobs: [job('a', 'One\n# two', 'First.'), job('b', 'Old', 'Gone.'), job('b2', 'New', '')],
};

describe('a conversation as a file', () => {
  it('is Markdown of the shown branch, in which no question becomes a heading', () => {
    expect(asMarkdown(transcript)).toBe(`# Small birds

About: [Birds \\[1\\]](<https://example.org/a%3Eb>) · Jan 1, 1970

**You asked**

> One
> # two

**Linnet answered (Tiny)**

First.

**You asked**

> New

**Linnet answered (Tiny)**

…
`);
  });

  it('is JSON with all branches', () => {
    const file = JSON.parse(asJson(transcript));
    expect(file).toMatchObject({
      format: 1,
      shown: ['a', 'b2'],
      branches: [
        ['a', 'b'],
        ['a', 'b2'],
      ],
    });
    expect(file.turns.map((turn: { answer: string }) => turn.answer)).toEqual(['First.', 'Gone.', '']);
  });

  it('has a name that every operating system accepts', () => {
    expect(fileName(' a/b: "c"? ', 'md')).toBe('a b c.md');
    expect(fileName('../../../..', 'json')).toBe('linnet.json');
    expect(fileName('.hidden', 'md')).toBe('hidden.md');
  });
});
