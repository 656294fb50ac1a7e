/** Texts that are the same but for their numbers: counters, clocks, "3 minutes ago". Marks (marks.ts) are no numbers. Pure. */
const NUMBER = /<\s*\/?\s*\d+\s*\/?\s*>|\d+(?:[.,:]\d+)*/g;
const isMark = (found: string): boolean => found.startsWith('<');

/** The same for all texts that differ in their numbers alone. */
export const withoutDigits = (text: string): string =>
  text.replace(NUMBER, (found) => (isMark(found) ? found : '#'));

const numbersIn = (text: string): string[] => (text.match(NUMBER) ?? []).filter((found) => !isMark(found));

/**
 * The translation of `to`, from that of `from`, which differs in its numbers alone. Undefined if the translation does not
 * have the numbers that changed.
 */
export function withDigits(translation: string, from: string, to: string): string | undefined {
  const [before, after] = [numbersIn(from), numbersIn(to)];
  const present = numbersIn(translation);
  const next = new Map<string, string[]>();
  for (const [index, number] of before.entries())
    next.set(number, [...(next.get(number) ?? []), after[index]!]);
  for (const [number, wanted] of next) {
    const changes = wanted.some((one) => one !== number);
    const found = present.filter((one) => one === number).length;
    // Equal numbers that become different ones are told apart by their order.
    if (changes && found !== wanted.length && (found === 0 || new Set(wanted).size > 1)) return undefined;
  }
  return translation.replace(NUMBER, (found) => {
    if (isMark(found)) return found;
    const wanted = next.get(found);
    return wanted === undefined ? found : wanted.length > 1 ? wanted.shift()! : wanted[0]!;
  });
}
