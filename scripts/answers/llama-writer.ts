/** Answers of llama.cpp to the plain prompt: the text, then one request, in a single user's turn. */
import { basename } from 'node:path';
import type { AnswerItem } from './items.ts';
import { type LlamaModel, openLlama } from './llama-module.ts';
import type { WrittenAnswer } from './records.ts';
import type { AnswerWriter } from './writer.ts';

/** Tokens of an answer at most. */
const ANSWER = 384;
/** Room for the chat template. */
const FRAME = 64;

/** `folder`: the one with `node_modules/node-llama-cpp`. */
export async function llamaWriter(folder: string, path: string, threads?: number): Promise<AnswerWriter> {
  const { model, contextSize, session: newSession } = await openLlama(folder, path, threads);
  return {
    name: 'llama.cpp',
    model: basename(path).replace(/\.gguf$/, ''),
    async write(item): Promise<WrittenAnswer> {
      const session = newSession();
      session.setChatHistory([]);
      let tokens = 0;
      const prompt = promptOf(item, model, contextSize);
      const { responseText, stopReason } = await session.promptWithMeta(prompt, {
        maxTokens: ANSWER,
        temperature: 0,
        onToken: (written) => void (tokens += written.length),
      });
      session.dispose({ disposeSequence: false });
      const text = responseText.trim();
      const stop = stopReason === 'maxTokens' ? 'length' : 'end';
      return { text, raw: text, stop, tokens, instructions: item.plain };
    },
    close: () => model.dispose(),
  };
}

/** The text is cut to the context. */
function promptOf(
  { page: { title, text }, plain }: AnswerItem,
  model: LlamaModel,
  contextSize: number,
): string {
  const request = `\n\n${plain}`;
  const room = contextSize - ANSWER - FRAME - model.tokenize(`${title}\n\n${request}`).length;
  const tokens = model.tokenize(text);
  const fitted = tokens.length <= room ? text : model.detokenize(tokens.slice(0, room));
  return `${title}\n\n${fitted}`.trim() + request;
}
