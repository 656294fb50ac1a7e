// Checks that our tokenizer and the template library produce the same ids and rendered text from the shipped
// tokenizer.json and chat template as the Python code. Reads JSON lines {messages, text, ids} from standard input, which check_tokenizer.py writes.
import { readFileSync } from 'node:fs';
import { Template } from '@huggingface/jinja';
import { createTokenizer } from '../engine/text/tokenizer.ts';

const read = (name) => JSON.parse(readFileSync(new URL(`../assets/demo/${name}`, import.meta.url), 'utf8'));
const config = read('tokenizer_config.json');
const json = read('tokenizer.json');
// Special tokens are shown, to compare whole texts.
const shown = json.added_tokens.map((token) => ({ ...token, special: false }));
const tokenizer = createTokenizer({ tokenizer: { ...json, added_tokens: shown } });
const template = new Template(config.chat_template);
let texts = 0;
let bad = 0;
for (const line of readFileSync(0, 'utf8').trim().split('\n')) {
  const { messages, text, ids } = JSON.parse(line);
  const encoded = tokenizer.encode(text, { special: false });
  const rendered = messages
    ? template.render({
        messages,
        bos_token: config.bos_token,
        add_generation_prompt: text.endsWith('assistant\n'),
      })
    : text;
  const decoded = tokenizer.decode(encoded);
  texts += 1;
  if (JSON.stringify(encoded) !== JSON.stringify(ids) || rendered !== text || decoded !== text) {
    bad += 1;
    if (bad < 4) console.log({ text, rendered, decoded, ids: ids.join(' '), encoded: encoded.join(' ') });
  }
}
console.log(`${texts - bad} of ${texts} texts have equal ids, rendered text and decoded text`);
process.exit(bad ? 1 : 0);
