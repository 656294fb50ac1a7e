/** Compares SHA-256 with the examples of the standard and with another implementation. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { seededRandom } from '../../tensor/random.ts';
import { isSha256State, sha256, type Sha256State } from './sha256.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const hashed = (bytes: Uint8Array) => {
  const hash = sha256();
  hash.add(bytes);
  return hash.value();
};

// Examples of FIPS 180-4, published by NIST ("SHA256.pdf"); the last is the letter a repeated a million times.
test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  [
    'abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu',
    'cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1',
  ],
  ['a'.repeat(1e6), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
])('hashes the example of the standard: %.20s', (text, expected) => {
  expect(hashed(bytesOf(text))).toBe(expected);
});

test('hashes any length in any pieces, with the state saved between them', () => {
  const random = seededRandom(180);
  const content = Uint8Array.from({ length: 5000 }, () => random() * 256);
  const expected = (length: number) => createHash('sha256').update(content.subarray(0, length)).digest('hex');
  for (let length = 0; length < 200; length++)
    expect(hashed(content.subarray(0, length))).toBe(expected(length));
  for (let round = 0; round < 50; round++) {
    const length = Math.floor(random() * content.length);
    let state: Sha256State | undefined;
    for (let at = 0; at < length; ) {
      const hash = sha256(state);
      const end = Math.min(length, at + Math.floor(random() * 150));
      hash.add(content.subarray(at, end));
      expect(hash.value(), 'value() does not change the state').toBe(expected(end));
      state = JSON.parse(JSON.stringify(hash.state())) as Sha256State;
      expect(state.bytes).toBe((at = end));
    }
    expect(sha256(state).value()).toBe(expected(length));
  }
});

test('recognises valid states only', () => {
  const hash = sha256();
  hash.add(bytesOf('abc'));
  const state = hash.state();
  expect(isSha256State(state)).toBe(true);
  for (const wrong of [
    undefined,
    null,
    3,
    {},
    { ...state, bytes: 4 },
    { ...state, bytes: '3' },
    { ...state, words: state.words.slice(1) },
    { ...state, words: [...state.words.slice(1), 'x'] },
    { ...state, rest: [1, 2] },
  ]) {
    expect(isSha256State(wrong), JSON.stringify(wrong)).toBe(false);
  }
});
