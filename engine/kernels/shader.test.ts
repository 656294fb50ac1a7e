import { expect, test } from 'vitest';
import { print, symbol } from '../symbolic/dim.ts';
import { bindDim } from './bind-dims.ts';
import { parseBindings, parseParams, withHeader } from './shader.ts';

test('a symbol with one possible value becomes a number', () => {
  const S = symbol('S', { min: 1, max: 64 });
  const P = symbol('P', { min: 0, max: 99 });
  const both = { S: { min: 1, max: 1 }, P: { min: 0, max: 9 } };
  expect(print(bindDim(S, both))).toBe('1');
  expect(print(bindDim(P, both))).toBe('P');
});

test('shaders in an unsupported form are refused', () => {
  expect(() => parseParams('struct Params {\n  v: vec3<f32>,\n}', 'k')).toThrow('v: vec3<f32>,');
  expect(() =>
    parseBindings(
      '@group(0) @binding(0) var<uniform> a: A;\n@group(0) @binding(0) var<storage, read> b: B;',
      'k',
    ),
  ).toThrow('got two');
  expect(() => withHeader('const ROWS: u32 = 1u;', { WIDTH: '2u' }, 'k')).toThrow('one header line WIDTH');
  expect(withHeader('const ROWS: u32 = 1u;', { ROWS: '4u' }, 'k')).toBe('const ROWS: u32 = 4u;');
  expect(parseParams('struct Params {\n  a: u32,\n  // about b\n  b: f32,\n}', 'k')).toEqual({
    fields: [
      { name: 'a', type: 'u32', offset: 0 },
      { name: 'b', type: 'f32', offset: 4 },
    ],
    size: 16,
  });
});
