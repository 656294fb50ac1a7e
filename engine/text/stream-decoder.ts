/**
 * Incremental decoding: each id returns the text that is final, which no later id changes. The concatenated pieces
 * equal `decode(all ids)` exactly.
 *
 * The decoder kind in tokenizer.json determines when text is not final yet:
 *   ByteLevel (GPT-2, Llama 3, Qwen)     a character's bytes may be split over tokens
 *   Replace/ByteFallback/Fuse/Strip      the same for tokens like <0xE2>; the first space of a text is removed
 *   (Llama 2, Mistral, Phi-3, Gemma)
 *   Metaspace                            the first space of a text is removed
 * For any other kind, all ids are decoded again with every id, and only text on which two consecutive decodings agree
 * is returned.
 */
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
}

type Kind = { readonly kind: 'bytes' } | PieceKind | { readonly kind: 'whole' };

interface DecoderStep {
  readonly type?: string;
  readonly decoders?: readonly DecoderStep[];
  readonly pattern?: { readonly String?: string };
  readonly content?: string;
  readonly replacement?: string;
  readonly start?: number;
  readonly stop?: number;
}

function kindOf(decoder: unknown): Kind {
  const top = decoder as DecoderStep | null;
  if (top?.type === 'ByteLevel') return { kind: 'bytes' };
  if (top?.type === 'Metaspace') {
    const replace = [[top.replacement ?? '▁', ' ']] as const;
    return { kind: 'pieces', replace, byteFallback: false, strip: { content: ' ', count: 1 } };
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
      const bytes = Uint8Array.from([...token], (c) => BYTE_OF.get(c) ?? 0);
      return utf8.decode(bytes, { stream: true });
    },
    flush: () => utf8.decode(),
  };
}

function pieces(parts: StreamDecoderParts, kind: PieceKind): StreamDecoder {
  const utf8 = new TextDecoder();
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
      for (const [from, to] of kind.replace) token = token.replaceAll(from, to);
      const byte = kind.byteFallback ? byteOf(token) : undefined;
      return stripped(
        byte === undefined ? utf8.decode() + token : utf8.decode(Uint8Array.of(byte), { stream: true }),
      );
    },
    flush: () => stripped(utf8.decode()),
  };
}

/** The byte that a token like `<0xE2>` encodes. Undefined for any other token. */
function byteOf(token: string): number | undefined {
  if (token.length !== 6 || !token.startsWith('<0x') || !token.endsWith('>')) return undefined;
  const byte = Number.parseInt(token.slice(3, 5), 16);
  return Number.isNaN(byte) ? undefined : byte;
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

/** GPT-2's byte alphabet: every byte as a printable character. Bytes that are not printable map to U+0100 and up. */
const BYTE_OF: ReadonlyMap<string, number> = (() => {
  const printable = (b: number) => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
  let next = 256;
  return new Map(
    Array.from({ length: 256 }, (_, b) => [String.fromCharCode(printable(b) ? b : next++), b] as const),
  );
})();
