/** Breaks a text into as many lines as another has, each about as long in proportion. Empty lines stay empty. Pure. */
export function reflowed(text: string, originals: readonly string[]): string[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const total = originals.reduce((sum, line) => sum + line.trim().length, 0);
  const length = words.reduce((sum, word) => sum + word.length + 1, 0);
  const lines: string[] = [];
  let taken = 0;
  let used = 0;
  let passed = 0;
  const last = originals.findLastIndex((line) => line.trim() !== '');
  for (const [index, original] of originals.entries()) {
    passed += original.trim().length;
    const until = total === 0 ? length : (passed / total) * length;
    const line: string[] = [];
    const isWorded = original.trim() !== '' || last < 0;
    while (isWorded && taken < words.length && (index >= last || used + words[taken]!.length / 2 < until)) {
      const word = words[taken++]!;
      used += word.length + 1;
      line.push(word);
    }
    lines.push(line.join(' '));
  }
  return lines;
}
