/**
 * Renders a dialogue to the text format that a model was trained on, with the checkpoint's own Jinja template. The
 * template is data: it is interpreted (@huggingface/jinja) and sees only the messages, the spelling of the special
 * tokens, `add_generation_prompt`, and `enable_thinking` where the caller sets it.
 *
 * A rendered prompt says which parts of it are content, so that only the template can write control tokens
 * (`mark-content.ts`, `encode-content.ts`).
 *
 * If a template refuses a system message (Gemma and Mistral do), the system text is put in front of the first user
 * message. If there is no template, or it needs a feature that the interpreter lacks, the family's known format is
 * used (`known-templates.ts`). Without one, the contents are joined by blank lines: a base model continues the text.
 */
import { fail, EngineError } from '../base/errors.ts';
import type { KnownTemplate } from './known-templates.ts';
import { joinContents, type MarkedText, renderMarked, type TemplateMessage } from './mark-content.ts';
import { type BudgetedTemplate, budgetedTemplate } from './template-interpreter.ts';

export interface RenderedPrompt extends MarkedText {
  /** Whether the tokenizer must add its special tokens, because the template wrote none. */
  readonly special: boolean;
}

export interface ChatTemplate {
  /** False when there is no template: the contents are only joined. */
  readonly own: boolean;
  /**
   * Renders a prompt for the next answer. Throws `template-failed` for a dialogue that the template refuses, and
   * `model-limit` if the template does far more than any known one.
   */
  render(messages: readonly TemplateMessage[]): RenderedPrompt;
}

export interface TemplateFiles {
  /** chat_template.jinja. Takes precedence over the config's template. */
  readonly jinja?: string | undefined;
  /** Parsed tokenizer_config.json. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  readonly bosToken?: string | undefined;
  readonly eosToken?: string | undefined;
  /** Replaces a template that is missing or cannot run. */
  readonly known?: KnownTemplate | undefined;
  /**
   * Whether the model should think before it answers, for templates with `enable_thinking` (since Qwen3). If absent,
   * the template's default applies; for most templates that is to think.
   */
  readonly thinking?: boolean | undefined;
}

type Render = (messages: readonly TemplateMessage[]) => MarkedText;

export function chatTemplate(files: TemplateFiles): ChatTemplate {
  const source = templateSource(files);
  const own = source === undefined ? undefined : renderer(source, files);
  const known = files.known === undefined ? undefined : renderer(files.known.jinja, files);
  const fallback = (messages: readonly TemplateMessage[]): RenderedPrompt =>
    known === undefined
      ? { ...joinContents(contentsOf(messages), '\n\n'), special: true }
      : { ...known(messages), special: files.known?.special === true };
  return {
    own: own !== undefined || known !== undefined,
    render(messages) {
      if (own === undefined) return fallback(messages);
      try {
        return { ...own(messages), special: false };
      } catch (error) {
        if (error instanceof EngineError) throw error;
        return fallback(messages);
      }
    },
  };
}

const contentsOf = (messages: readonly TemplateMessage[]): string[] => messages.map((m) => m.content);

/** An error that the template raised by `raise_exception`, as opposed to an error of the interpreter. */
class TemplateRefusal extends Error {}

/** The result throws `template-failed` if the template refuses, and the interpreter's error if it cannot run. */
function renderer(source: string, { bosToken = '', eosToken = '', thinking }: TemplateFiles): Render {
  let compiled: BudgetedTemplate | undefined;
  const interpret = (messages: readonly TemplateMessage[]): string => {
    compiled ??= budgetedTemplate(source);
    const units = messages.reduce((sum, { content }) => sum + content.length, 0);
    const variables = {
      bos_token: bosToken,
      eos_token: eosToken,
      messages: messages.map((m) => ({ ...m })),
      add_generation_prompt: true,
      ...(thinking === undefined ? {} : { enable_thinking: thinking }),
      raise_exception: (why: unknown) => {
        throw new TemplateRefusal(String(why));
      },
    };
    return compiled.render(variables, messages.length, units);
  };
  const render: Render = (messages) => renderMarked(interpret, messages, source);
  return (messages) => {
    try {
      return render(messages);
    } catch (cause) {
      if (!(cause instanceof TemplateRefusal)) throw cause;
      const merged = withoutSystem(messages);
      try {
        if (merged !== undefined) return render(merged);
      } catch {
        // Report the first refusal, which is more informative.
      }
      return fail('template-failed', {
        who: 'chat template',
        message: 'the template of this model cannot render the dialogue',
        expected: 'a dialogue that the template accepts',
        got: cause.message,
        where: messages.map((m) => m.role).join(', '),
        cause,
      });
    }
  };
}

/** The template's text. `chat_template` of the config is the template, or a list of named templates of which `default` is used. */
export function templateSource({
  jinja,
  config,
}: Pick<TemplateFiles, 'jinja' | 'config'>): string | undefined {
  if (jinja !== undefined) return jinja;
  const template = config?.chat_template;
  if (typeof template === 'string') return template;
  if (!Array.isArray(template)) return undefined;
  const named = template as { readonly name?: unknown; readonly template?: unknown }[];
  const chosen = named.find((t) => t?.name === 'default') ?? named[0];
  return typeof chosen?.template === 'string' ? chosen.template : undefined;
}

/** Moves the system text in front of the first user message. Undefined if the dialogue does not begin that way. */
function withoutSystem(messages: readonly TemplateMessage[]): TemplateMessage[] | undefined {
  const [system, first, ...rest] = messages;
  if (system?.role !== 'system' || first?.role !== 'user') return undefined;
  return [{ role: 'user', content: `${system.content}\n\n${first.content}` }, ...rest];
}
