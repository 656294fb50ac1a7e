/** The parts of a text in lines, between empty lines, each with its translation. Pure. */
export interface TextPart {
  readonly original: string;
  readonly translation: string;
}

/** Shorter texts are seen at once, and stay one. */
const LONG = 12;

/** Empty if the text is short, or the translation has other lines than the text. */
export function textParts(text: string, translation: string): TextPart[] {
  const lines = text.replace(/^(?:[^\S\n]*\n)+|\s+$/g, '').split('\n');
  const others = translation.trim().split('\n');
  if (lines.length < LONG || lines.length !== others.length) return [];
  const parts: TextPart[] = [];
  for (let at = 0; at < lines.length; ) {
    while (at < lines.length && lines[at]!.trim() === '') at++;
    let end = at;
    while (end < lines.length && lines[end]!.trim() !== '') end++;
    parts.push({ original: lines.slice(at, end).join('\n'), translation: others.slice(at, end).join('\n') });
    at = end;
  }
  return parts;
}
