/** A word of a sentence as a dictionary entry: part of speech, translation, and what it means there. */
import type { ChatMessage, GenerateRequest } from '../../../engine/index.ts';
import { ENTRY_BEGUN, ENTRY_TOKENS, EntryGuide, readEntry } from '../guides/entry/entry-guide.ts';
import { combine } from '../guides/combine.ts';
import { LoopGuide } from '../guides/loop-guide.ts';
import type { GlossaryEntry, TranslationJob } from '../../protocol/types.ts';
import { withoutMarks } from '../../text/marks.ts';
import { requestFor } from '../prompts/chat-prompt.ts';
import { languageName, wordMessages } from '../prompts/prompts.ts';
import { samplingFor } from '../prompts/sampling.ts';
import { coderOf } from '../answerer/answerer.ts';
import { checkTerms, termsIn, termsRequest } from './glossary.ts';
import { BRANCH, type TranslationInput, type TranslationWork } from './work.ts';

/** How a model is asked for a word of a sentence. */
export function wordQuestion(
  { model, tokens, profile, request, glossary }: TranslationInput,
  sentence: string,
): { request: GenerateRequest; messages: readonly ChatMessage[]; terms: readonly GlossaryEntry[] } {
  const word = withoutMarks(request.text).trim();
  const language = languageName(request.language);
  const terms = termsIn(word, glossary, request.from, request.language);
  const more = termsRequest(terms, profile.translation.terms);
  const messages = wordMessages(profile, { word, sentence, language }, more);
  const { request: asked } = requestFor(messages, tokens, {
    begun: ENTRY_BEGUN,
    wanted: ENTRY_TOKENS + 1,
    sampling: samplingFor(profile.word.sampling, model),
  });
  return { request: asked, messages, terms };
}

/** Resolves to the job's fields at its end; to undefined if the model wrote no entry. */
export async function translateWord(
  work: TranslationWork,
  sentence: string,
): Promise<Partial<TranslationJob> | undefined> {
  const { running, model } = work;
  // Its lines are forced by their tokens, which a server does not take.
  const coder = coderOf(model);
  if (coder === undefined) return undefined;
  const { request: asked, messages, terms } = wordQuestion(work, sentence);
  work.onPrompt(messages);
  let text = '';
  let shown = 0;
  const result = await model.generate(
    { ...asked, branch: BRANCH },
    {
      signal: running.controller.signal,
      guide: combine([new EntryGuide(coder), new LoopGuide()]),
      onEvent(event) {
        if (event.kind === 'rewind') text = text.slice(0, event.length);
        else if (event.kind !== 'token') running.take(event);
        else {
          text += event.text;
          // A line is shown when it is complete, since a guide may take back what is not.
          const lines = text.split('\n').length;
          const entry = lines > shown ? readEntry(text.slice(0, text.lastIndexOf('\n'))) : undefined;
          if (entry === undefined) return;
          shown = lines;
          running.set({ progress: { phase: 'writing' }, text: entry.translation, entry });
        }
      },
    },
  );
  const entry = readEntry(result.text);
  const stopped = result.stop === 'cancelled';
  if (entry === undefined || isOfRequest(entry.translation, messages))
    return stopped ? { progress: { phase: 'stopped' } } : undefined;
  const checks = checkTerms(terms, entry.translation);
  const { decodeTokensPerSecond } = result.timings;
  return {
    progress: { phase: stopped ? 'stopped' : 'done' },
    text: entry.translation,
    entry,
    tokens: result.ids.length,
    ...(checks.length > 0 ? { terms: checks } : {}),
    ...(decodeTokensPerSecond > 0 ? { tokensPerSecond: decodeTokensPerSecond } : {}),
  };
}

/** Whether a translation of several words stands in the request: a model that does not know what to write copies it. */
function isOfRequest(translation: string, messages: readonly ChatMessage[]): boolean {
  const asked = messages.at(-1)?.content.toLowerCase() ?? '';
  return /\s/.test(translation) && asked.includes(translation.toLowerCase());
}
