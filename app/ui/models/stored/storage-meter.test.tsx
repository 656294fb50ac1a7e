import { expect, test } from 'vitest';
import { render } from '../../../testing/render.ts';
import { storedModel } from '../../../testing/builders.ts';
import { t } from '../../../i18n/index.ts';
import { StorageMeter } from './storage-meter.tsx';

const GB = 1e9;
const finch = storedModel({ id: 'a', name: 'Finch', bytes: 20 * GB });
const wren = storedModel({ id: 'b', name: 'Wren', bytes: 10 * GB });

const rects = (root: Element) =>
  [...root.querySelectorAll('rect:not(.free)')].map((rect) => [
    rect.getAttribute('class'),
    Number(rect.getAttribute('x')),
    Number(rect.getAttribute('width')),
  ]);

test('models, other data and free space are drawn in proportion and named', () => {
  const { root, get, text } = render(
    <StorageMeter stored={[finch, wren]} usage={40 * GB} quota={100 * GB} />,
  );
  expect(rects(root)).toEqual([
    ['shade-0', 0, 20],
    ['shade-1', 20, 10],
    ['other', 30, 10],
  ]);
  expect(get('img', t('meter-label', { used: '30 GB', other: '10 GB', free: '60 GB' }))).toBeDefined();
  expect(text()).toContain('Finch 20 GB');
  expect(text()).toContain(`${t('meter-free')} 60 GB`);
});

test('a small model is visible, an absent part is not drawn', () => {
  const { root } = render(<StorageMeter stored={[storedModel({ bytes: 1 })]} usage={1} quota={100 * GB} />);
  expect(rects(root)).toEqual([['shade-0', 0, 0.6]]);
});

test('more usage than quota leaves no space free, and less than the models no other data', () => {
  const { root, get } = render(<StorageMeter stored={[wren]} usage={8 * GB} quota={5 * GB} />);
  expect(rects(root).map(([name]) => name)).toEqual(['shade-0']);
  expect(get('img').getAttribute('aria-label')).toBe(
    t('meter-label', { used: '10 GB', other: '0 bytes', free: '0 bytes' }),
  );
});
