/**
 * Incremental decoding: each id returns the text that is final, which no later id changes. The concatenated pieces
 * equal `decode(all ids)` exactly.
 *
 * The decoder kind in tokenizer.json determines when text is not final yet:
 *   ByteLevel (GPT-2, Llama 3, Qwen)     a character's bytes may be split over tokens
 *   Replace/ByteFallback/Fuse/Strip      the same for tokens like <0xE2>; the first space of a text is removed
 *   (Llama 2, Mistral, Phi-3, Gemma)
 *   Metaspace                            the spaces of the first token are removed
 * For any other kind, all ids are decoded again with every id, and only text on which two consecutive decodings agree
 * is returned.
 */
import { byteOfToken, bytesOfLetters } from './tokenizer/decoders.ts';

export interface StreamDecoder {
  /** Adds an id and returns the text that became final. */
  push(id: number): string;
  /** Returns the remaining text after the last id. Incomplete characters become U+FFFD. */
  flush(): string;
}

export interface StreamDecoderParts {
  /** `decoder` of tokenizer.json. */
  readonly decoder: unknown;
  /** Spelling of an id in the vocabulary. */
  token(id: number): string;
  /** Whether the id is a special token, which produces no text. */
  skipped(id: number): boolean;
  /** Whether the id is an added token, which is decoded to its spelling. */
  literal(id: number): boolean;
  decode(ids: readonly number[]): string;
  /** Whether the ids continue an earlier text, so that a leading space is kept. */
  readonly continues: boolean;
}

export function streamDecoder(parts: StreamDecoderParts): StreamDecoder {
  const kind = kindOf(parts.decoder);
  const inner =
    kind.kind === 'bytes' ? byteLevel(parts) : kind.kind === 'pieces' ? pieces(parts, kind) : whole(parts);
  return {
    push: (id) => (parts.skipped(id) ? '' : inner.push(id)),
    flush: () => inner.flush(),
  };
}

interface PieceKind {
  readonly kind: 'pieces';
  /** Replacements in each token, in order. */
  readonly replace: readonly (readonly [string, string])[];
  readonly byteFallback: boolean;
  /** Character removed from the start of the text, at most `count` times. */
  readonly strip: { readonly content: string; readonly count: number };
  /** Text that is removed from the first token instead of replaced. */
  readonly dropped?: string;
}

type Kind = { readonly kind: 'bytes' } | PieceKind | { readonly kind: 'whole' };

interface DecoderStep {
  readonly type?: string;
  readonly decoders?: readonly DecoderStep[];
  readonly pattern?: { readonly String?: string };
  readonly content?: string;
  readonly replacement?: string;
  readonly prepend_scheme?: string;
  readonly add_prefix_space?: boolean;
  readonly start?: number;
  readonly stop?: number;
}

function kindOf(decoder: unknown): Kind {
  const top = decoder as DecoderStep | null;
  if (top?.type === 'ByteLevel') return { kind: 'bytes' };
  if (top?.type === 'Metaspace') {
    const mark = top.replacement ?? '▁';
    const keeps = top.prepend_scheme?.toLowerCase() === 'never' || top.add_prefix_space === false;
    return {
      kind: 'pieces',
      replace: [[mark, ' ']],
      byteFallback: false,
      strip: { content: '', count: 0 },
      ...(keeps ? {} : { dropped: mark }),
    };
  }
  const steps = top?.type === 'Sequence' ? (top.decoders ?? []) : [];
  const order = steps.map((step) => step.type).join(' ');
  const replacing = steps.filter((step) => step.type === 'Replace');
  const strip = steps.find((step) => step.type === 'Strip');
  const known =
    /^(Replace )*(ByteFallback )?Fuse( Strip)?$/.test(order) &&
    replacing.every((step) => step.pattern?.String !== undefined) &&
    (strip?.stop ?? 0) === 0;
  if (!known) return { kind: 'whole' };
  return {
    kind: 'pieces',
    replace: replacing.map((step) => [step.pattern?.String ?? '', step.content ?? ''] as const),
    byteFallback: order.includes('ByteFallback'),
    strip: { content: strip?.content ?? '', count: strip?.start ?? 0 },
  };
}

function byteLevel(parts: StreamDecoderParts): StreamDecoder {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    push(id) {
      const token = parts.token(id);
      if (parts.literal(id)) return utf8.decode() + token;
      return utf8.decode(bytesOfLetters(token), { stream: true });
    },
    flush: () => utf8.decode(),
  };
}

function pieces(parts: StreamDecoderParts, kind: PieceKind): StreamDecoder {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  let dropped = parts.continues ? undefined : kind.dropped;
  let toStrip = parts.continues ? 0 : kind.strip.count;
  const stripped = (text: string): string => {
    let from = 0;
    while (toStrip > 0 && from < text.length) {
      if (text[from] !== kind.strip.content) toStrip = 0;
      else {
        toStrip--;
        from++;
      }
    }
    return text.slice(from);
  };
  return {
    push(id) {
      let token = parts.token(id);
      if (dropped !== undefined) token = token.replaceAll(dropped, '');
      dropped = undefined;
      for (const [from, to] of kind.replace) token = token.replaceAll(from, to);
      const byte = kind.byteFallback ? byteOfToken(token) : undefined;
      return stripped(
        byte === undefined ? utf8.decode() + token : utf8.decode(Uint8Array.of(byte), { stream: true }),
      );
    },
    flush: () => stripped(utf8.decode()),
  };
}

/** Decodes all ids every time. For decoder kinds that no supported model family uses. */
function whole(parts: StreamDecoderParts): StreamDecoder {
  const ids: number[] = [];
  let before = '';
  let returned = '';
  const advanceTo = (text: string): string => {
    if (!text.startsWith(returned)) return '';
    const piece = text.slice(returned.length);
    returned = text;
    return piece;
  };
  return {
    push(id) {
      ids.push(id);
      const now = parts.decode(ids);
      let agreed = 0;
      while (agreed < before.length && before[agreed] === now[agreed]) agreed++;
      before = now;
      return advanceTo(now.slice(0, agreed).replace(/[\s\uFFFD]+$/, ''));
    },
    flush: () => {
      const text = ids.length === 0 ? '' : parts.decode(ids);
      return text.startsWith(returned) ? advanceTo(text) : text.slice(returned.length);
    },
  };
}
