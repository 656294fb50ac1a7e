import { expect, it } from 'vitest';
import { withDigits, withoutDigits } from './digits.ts';

it('knows texts that differ in their numbers alone', () => {
  expect(withoutDigits('Opens in <1>90</1> s')).toBe(withoutDigits('Opens in <1>9</1> s'));
  expect(withoutDigits('in 3 days')).not.toBe(withoutDigits('in 3 hours'));
});

it('puts new numbers into a translation', () => {
  expect(withDigits('noch <1>90</1> s', 'in <1>90</1> s', 'in <1>89</1> s')).toBe('noch <1>89</1> s');
  expect(withDigits('2 von 10', '10, 2', '11, 2')).toBe('2 von 11');
  expect(withDigits('5 und 5', '5 and 5', '5 and 6')).toBe('5 und 6');
  expect(withDigits('neunzig', '90', '89')).toBeUndefined();
  expect(withDigits('neunzig um 5', '90 at 5', '90 at 6')).toBe('neunzig um 6');
});
