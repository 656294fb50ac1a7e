/**
 * Tells apart, in a rendered dialogue, what the template wrote and what the messages contain. The template is rendered
 * twice: with the contents, and with a placeholder in place of each. What stands between the placeholders is the
 * template's own. A placeholder occurs in no message and not in the template, so no content can forge one.
 *
 * A template may trim contents, or write them as JSON; the text is then that of the first rendering. If it otherwise
 * looks into a content, as templates do that drop thoughts, the text is the second rendering with the contents put in:
 * no content decides what the template writes around it. Pure.
 */
/** A message of a dialogue, as templates see it. */
export interface TemplateMessage {
  readonly role: string;
  readonly content: string;
}

/** Where a text has content: from `start`, inclusive, to `end`, exclusive, in UTF-16 units. */
export type ContentRange = readonly [start: number, end: number];

/** Text with its ranges of content, ascending. */
export interface MarkedText {
  readonly text: string;
  readonly content: readonly ContentRange[];
}

type Render = (messages: readonly TemplateMessage[]) => string;

/** A rendered template: `texts` has one piece more than `contents`, whose items are indices of messages. */
interface Frame {
  readonly texts: readonly string[];
  readonly contents: readonly number[];
}

/**
 * `source`: the template. Throws what `render` throws, and an error if the template drops a content that it reads, for
 * then the places of contents are unknown.
 */
export function renderMarked(
  render: Render,
  messages: readonly TemplateMessage[],
  source: string,
): MarkedText {
  const rendered = render(messages);
  const marks = placeholders(messages, source);
  const frame = frameOf(render, messages, marks, '');
  const contents = messages.map(({ content }) => content);
  const found = align(rendered, frame, contents);
  if (found !== undefined) return { text: rendered, content: found };
  const lost = messages.findIndex((m, i) => m.content.trim() !== '' && !frame.contents.includes(i));
  if (lost >= 0) throw new Error(`the template uses the content of message ${lost} without writing it`);
  return fill(frame, trimmed(frame, frameOf(render, messages, marks, ' '), contents));
}

/** Joins texts as {@link MarkedText} does, all of them content. */
export function joinContents(contents: readonly string[], between: string): MarkedText {
  const texts = contents.map((_, i) => (i === 0 ? '' : between));
  return fill({ texts: [...texts, ''], contents: contents.map((_, i) => i) }, contents);
}

/** One placeholder for each message, in letters and digits, so that templates can trim, split or quote it. */
function placeholders(messages: readonly TemplateMessage[], source: string): string[] {
  const texts = [source, ...messages.map(({ content }) => content)];
  let salt = 0;
  while (texts.some((text) => text.includes(`of${salt}content`))) salt++;
  return messages.map((_, i) => `item${i}of${salt}content`);
}

/** `pad` stands on both sides of each placeholder. Empty contents stay empty, since templates treat them differently. */
function frameOf(
  render: Render,
  messages: readonly TemplateMessage[],
  marks: readonly string[],
  pad: string,
): Frame {
  const marked = messages.map((message, i) =>
    message.content.trim() === '' ? message : { ...message, content: pad + marks[i] + pad },
  );
  const pieces = render(marked).split(new RegExp(`(${marks.join('|') || '$^'})`));
  return {
    texts: pieces.filter((_, i) => i % 2 === 0),
    contents: pieces.filter((_, i) => i % 2 === 1).map((mark) => marks.indexOf(mark)),
  };
}

/** The ranges of contents in a rendered text; undefined if it is not the frame with contents as templates write them. */
function align(
  rendered: string,
  { texts, contents }: Frame,
  given: readonly string[],
): ContentRange[] | undefined {
  if (!rendered.startsWith(texts[0]!)) return undefined;
  const ranges: ContentRange[] = [];
  let at = texts[0]!.length;
  for (const [i, message] of contents.entries()) {
    const next = texts[i + 1]!;
    const written = variants(given[message]!).find((text) => rendered.startsWith(text + next, at));
    if (written === undefined) return undefined;
    ranges.push([at, at + written.length]);
    at += written.length + next.length;
  }
  return at === rendered.length ? ranges : undefined;
}

const AFTER_THOUGHT = /^.*<\/think>/su;

/** How templates write a content: as it is, trimmed, as JSON, without its thought. Longest first. */
function variants(content: string): string[] {
  const answer = content.replace(AFTER_THOUGHT, '');
  const all = [content, answer].flatMap((text) => [
    text,
    text.trimStart(),
    text.trimEnd(),
    text.trim(),
    withoutNewlines(text, true, false),
    withoutNewlines(text, false, true),
    withoutNewlines(text, true, true),
    JSON.stringify(text).slice(1, -1),
  ]);
  return [...new Set(all)].toSorted((a, b) => b.length - a.length);
}

/** An expression for newlines at the end would take the square of those in the middle. */
function withoutNewlines(text: string, before: boolean, after: boolean): string {
  let [start, end] = [0, text.length];
  while (before && start < end && text[start] === '\n') start++;
  while (after && start < end && text[end - 1] === '\n') end--;
  return text.slice(start, end);
}

/** The contents, trimmed on each side where the template trims: where a blank beside the placeholder is gone. */
function trimmed(bare: Frame, padded: Frame, contents: readonly string[]): string[] {
  if (padded.contents.join() !== bare.contents.join()) return [...contents];
  const made = [...contents];
  bare.contents.forEach((message, i) => {
    const keepsStart = padded.texts[i]!.endsWith(`${bare.texts[i]!.slice(-1)} `);
    const keepsEnd = padded.texts[i + 1]!.startsWith(` ${bare.texts[i + 1]!.slice(0, 1)}`);
    if (!keepsStart) made[message] = made[message]!.trimStart();
    if (!keepsEnd) made[message] = made[message]!.trimEnd();
  });
  return made;
}

function fill({ texts, contents }: Frame, given: readonly string[]): MarkedText {
  let text = texts[0] ?? '';
  const content: ContentRange[] = [];
  for (const [i, message] of contents.entries()) {
    const start = text.length;
    text += given[message]!;
    content.push([start, text.length]);
    text += texts[i + 1]!;
  }
  return { text, content };
}
