/**
 * Texts that pre-tokenizers split in many ways, and a tiny byte-level vocabulary that shows where: every two bytes that
 * stand beside each other in a text are a token, unless a split is between them.
 */
import { bytesAsLetters, LETTERS } from '../base/byte-letters.ts';
export { PRE_TOKENIZERS } from '../weights/gguf/tokenizer-bpe.ts';
import { bool, numbers, text, texts, tinyModel, u32, writeGguf } from './tiny-gguf.ts';

export const HARD_TEXTS: readonly string[] = [
  '½ cup ¼ tsp, 2½',
  '①②③ ⑴ ⅷ Ⅻ ²³',
  '٣٤٥ ۱۲۳ १२३ ๑๒๓ 一二三 壹',
  '12345 1,234.56 3.14e-10 0x7F 1234567',
  '日本語のテキスト。漢字かな交じり文、テスト！カタカナー',
  '中文文本，包括标点。“引号”',
  '한국어 텍스트, 두 문장.',
  '👩‍👩‍👧‍👦 👍🏽 🇩🇪🏳️‍🌈 ❤️!!',
  "I'LL it'S WE'RE don'T he'D 'ſ y'all 'tis It’s",
  'a  b   c\t\td\n\n\ne \r\n f\r\r\n  ',
  '   leading and trailing   ',
  '\n',
  '\r\n\r\n',
  ' ',
  '\t \n ',
  'e\u0301 n\u0303 a\u0308\u0304 क्षि நி กำ',
  '\u00a0no\u2003em\u3000wide\u0085next\u2028line\u200bzero\ufeffmark',
  `${'a'.repeat(60)} ${' '.repeat(40)}${'!'.repeat(30)}`,
  'ÉCOLE École ǅ ÀÉÎ straße ΑΣ ΟΔΥΣΣΕΥΣ',
  'приветМир ПРИВЕТ камелКейс',
  'מזל טוב, مرحبا بالعالم ١٢٣',
  'camelCaseHTTPServer snake_case kebab-case x2y',
  'x=1;y==2&&z||!w // c\n\tif(a<b){return;}',
  'http://a.b/c?d=e&f#g user@example.org',
  '$100 €50 £5 ₹ 50% ±1 ×÷ ≠∞ ^`|~',
  '«y» — – … • · ¡Hola! ¿Qué?',
  '_under_ *star* ~~ `code` \\ /path/to',
  '𝒜𝓁𝑔 𝟙𝟚𝟛 𐐀𐐨 𠀀𠀁',
  'ﬁ ﷺ ㎏ ™ ℃ Å',
  'ไทยภาษา tiếng Việt Zażółć',
  'Hello, world! 3rd 2nd 100km 5°C\n\n- item\n- item  \n',
  '(a) [b] {c} <d> "e" \'f\'',
];

/** The vocabulary: letters, and the pairs of the texts. `merges`: by rank. */
export function pairVocabulary(): { readonly tokens: string[]; readonly merges: string[] } {
  const pairs = new Set<string>();
  for (const each of HARD_TEXTS) {
    const letters = bytesAsLetters(each);
    for (let i = 0; i + 1 < letters.length; i++) pairs.add(letters.slice(i, i + 2));
  }
  const special = ['<unk>', '<s>', '</s>'];
  return {
    tokens: [...special, ...LETTERS, ...pairs],
    merges: [...pairs].map((pair) => `${pair[0]} ${pair[1]}`),
  };
}

/** A GGUF file with that vocabulary; `pre` is its `tokenizer.ggml.pre`, none if undefined. */
export function pairVocabularyGguf(pre: string | undefined): Uint8Array {
  const { tokens, merges } = pairVocabulary();
  const { metadata, tensors } = tinyModel('F32', 'llama', 'gpt2');
  const { 'tokenizer.ggml.pre': _, 'tokenizer.ggml.scores': __, ...others } = metadata;
  return writeGguf({
    metadata: {
      ...others,
      ...(pre === undefined ? {} : { 'tokenizer.ggml.pre': text(pre) }),
      'tokenizer.ggml.tokens': texts(tokens),
      'tokenizer.ggml.merges': texts(merges),
      'tokenizer.ggml.token_type': numbers(
        5,
        tokens.map((__, i) => (i === 0 ? 2 : i < 3 ? 3 : 1)),
      ),
      'tokenizer.ggml.bos_token_id': u32(1),
      'tokenizer.ggml.eos_token_id': u32(2),
      'tokenizer.ggml.add_bos_token': bool(false),
    },
    tensors,
  });
}
