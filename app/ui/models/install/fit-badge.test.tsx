import { expect, test } from 'vitest';
import { render } from '../../../testing/render.ts';
import { t } from '../../../i18n/index.ts';
import { FitBadge, FitReasons, reasonText } from './fit-badge.tsx';

test('a badge has a word and an icon, so that colour is not its only sign', () => {
  const screen = render(<FitBadge result="tight" />);
  expect(screen.text()).toBe(t('fit-tight'));
  expect(screen.root.querySelector('.fit-tight svg')).not.toBeNull();
});

test('reasons have their numbers in readable sizes; a plain yes has none', () => {
  const reason = { kind: 'no-space', needed: 2e9, has: 5e8 } as const;
  expect(reasonText(reason)).toBe(t('fit-reason-no-space', { needed: '2 GB', has: '500 MB' }));
  const screen = render(<FitReasons fit={{ result: 'no', reasons: [reason, { kind: 'no-gpu' }] }} />);
  expect(screen.names('listitem')).toEqual([reasonText(reason), t('fit-reason-no-gpu')]);
  screen.rerender(<FitReasons fit={{ result: 'yes', reasons: [] }} />);
  expect(screen.query('list')).toBeUndefined();
});
