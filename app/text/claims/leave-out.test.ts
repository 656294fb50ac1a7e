import { describe, expect, it } from 'vitest';
import { leaveOut } from './leave-out.ts';
import { PageFacts } from './page-facts.ts';

const page = new PageFacts(['The linnet of Rosedale sings in May. Ada Finch counted 12 birds.']);
const out = (text: string) => leaveOut(text, page, { language: 'en' });

describe('sentences that claim what the page does not have', () => {
  it('are taken out of a paragraph', () => {
    expect(out('Ada Finch counted 12 birds. She lives in Peru. It was May.')).toEqual({
      text: 'Ada Finch counted 12 birds. It was May.',
      leftOut: ['She lives in Peru.'],
    });
  });

  it('take the bullet of a point with them that has no other sentence', () => {
    expect(
      out('Here they are:\n\n- It sings in May.\n- It sang in 2201.\n- It sings. Ask NASA.\n1. Peru came. '),
    ).toEqual({
      text: 'Here they are:\n\n- It sings in May.\n- It sings.',
      leftOut: ['It sang in 2201.', 'Ask NASA.', 'Peru came.'],
    });
  });

  it('leave nothing where all of them do', () => {
    expect(out('## It was in 2201\n\nIt is in Peru.')).toEqual({
      text: '',
      leftOut: ['It was in 2201', 'It is in Peru.'],
    });
  });

  it('stay in code', () => {
    const code = 'Run this:\n\n```\nprint(2201)\n```';
    expect(out(code)).toEqual({ text: code, leftOut: [] });
  });
});
