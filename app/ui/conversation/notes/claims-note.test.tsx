import { expect, it } from 'vitest';
import { render } from '../../../testing/render.ts';
import { ClaimsNote } from './claims-note.tsx';

it('an answer says that its numbers and names were checked', () => {
  expect(render(<ClaimsNote leftOut={[]} />).text()).toBe('Numbers and names were checked against the page.');
});

it('an answer shows the sentences that were left out', async () => {
  const screen = render(<ClaimsNote leftOut={['It was in 2201.', 'NASA came.']} />);
  const said = 'Numbers and names were checked against the page; 2 sentences were left out.';
  expect(screen.root.querySelector('summary')!.textContent).toBe(said);
  expect([...screen.root.querySelectorAll('li')].map(({ textContent }) => textContent)).toEqual([
    'It was in 2201.',
    'NASA came.',
  ]);
});

it('an answer of which nothing would be left says what of it the page does not have', () => {
  expect(render(<ClaimsNote leftOut={[]} doubtful={['2201', 'NASA']} />).text()).toMatch(
    /^Not on the page: 2201 · NASA\./,
  );
  expect(render(<ClaimsNote leftOut={[]} quoted />).text()).toMatch(/the page’s own words/);
});
