/**
 * Renders a dialogue to the text format that a model was trained on, with the checkpoint's own Jinja template. The
 * template is data: it is interpreted (`template-interpreter.ts`) and sees what transformers gives it: the messages, the
 * spelling of the special tokens, `add_generation_prompt`, no tools and documents, and `enable_thinking` where the caller
 * sets it.
 *
 * A rendered prompt says which parts of it are content, so that only the template can write control tokens
 * (`mark-content.ts`, `encode-content.ts`).
 *
 * If a template refuses a system message (Gemma and Mistral do) or leaves it out, the system text is put in front of the
 * first user message. A probe dialogue shows whether the template can run. If it cannot, or there is none, the family's
 * known format is used (`known-templates.ts`); without one, the contents are joined by blank lines: a base model continues
 * the text. `outcome` says which of these it is and why (`probes/outcome.ts`).
 */
import { fail, EngineError } from '../base/errors.ts';
import type { KnownTemplate } from './known-templates.ts';
import { joinContents, type MarkedText, renderMarked, type TemplateMessage } from './mark-content.ts';
import { partsLeftOut, type TemplateOutcome, tryTemplate } from './probes/outcome.ts';
import type { RenderProbe } from './probes/probe.ts';
import { type BudgetedTemplate, budgetedTemplate } from './template-interpreter.ts';

export interface RenderedPrompt extends MarkedText {
  /** Whether the tokenizer must add its special tokens, because the template wrote none. */
  readonly special: boolean;
}

export interface ChatTemplate {
  /** False when there is no template: the contents are only joined. */
  readonly own: boolean;
  /** Throws `model-limit`, as the members below. */
  readonly outcome: TemplateOutcome;
  /** The template that is used. */
  readonly source: string | undefined;
  /**
   * Renders a prompt for the next answer. Throws `template-failed` for a dialogue that the template refuses or cannot
   * render, and `model-limit` if the template does far more than any known one.
   */
  render(messages: readonly TemplateMessage[]): RenderedPrompt;
  /** Renders a probe dialogue with the template that is used. */
  readonly probe: RenderProbe;
}

export interface TemplateFiles {
  /** chat_template.jinja. Takes precedence over the configs' templates. */
  readonly jinja?: string | undefined;
  /** Parsed tokenizer_config.json. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** Parsed chat_template.json. */
  readonly json?: Readonly<Record<string, unknown>> | undefined;
  readonly bosToken?: string | undefined;
  readonly eosToken?: string | undefined;
  /** Special tokens by name, as `pad_token`. */
  readonly tokens?: Readonly<Record<string, string>> | undefined;
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
  const standIn = known && files.known?.name;
  const isRefusal = (error: unknown) => error instanceof TemplateRefusal;
  let outcome: TemplateOutcome | undefined;
  const tried = (): TemplateOutcome => {
    const result = own === undefined ? { own: 'absent' as const } : tryTemplate(own.attempt, isRefusal);
    const isOwn = result.own === 'rendered' || result.own === 'refused';
    const by = isOwn ? own : known;
    const without = by === undefined || result.own === 'refused' ? [] : partsLeftOut(by.attempt);
    return {
      ...result,
      ...(isOwn || standIn === undefined ? {} : { standIn }),
      ...(without.length === 0 ? {} : { without }),
    };
  };
  const used = () => {
    outcome ??= tried();
    return outcome.own === 'rendered' || outcome.own === 'refused' ? own : known;
  };
  return {
    get own() {
      return used() !== undefined;
    },
    get outcome() {
      used();
      return outcome as TemplateOutcome;
    },
    get source() {
      return used() === own ? source : files.known?.jinja;
    },
    render(messages) {
      const by = used();
      if (by === undefined) return { ...joinContents(contentsOf(messages), '\n\n'), special: true };
      try {
        const special = by === known && files.known?.special === true;
        const hidesSystem = outcome?.without?.includes('system') === true;
        return { ...by.render((hidesSystem && withoutSystem(messages)) || messages), special };
      } catch (error) {
        if (error instanceof EngineError) throw error;
        return refused(messages, error as Error);
      }
    },
    probe: (messages, generation) => used()?.probe(messages, generation),
  };
}

function refused(messages: readonly TemplateMessage[], cause: Error): never {
  fail('template-failed', {
    who: 'chat template',
    message: 'the template of this model cannot render the dialogue',
    expected: 'a dialogue that the template accepts',
    got: cause.message,
    where: messages.map((m) => m.role).join(', '),
    cause,
  });
}

const contentsOf = (messages: readonly TemplateMessage[]): string[] => messages.map((m) => m.content);

/** An error that the template raised by `raise_exception`, as opposed to an error of the interpreter. */
class TemplateRefusal extends Error {}

/** `render` throws `template-failed` if the template refuses, and the interpreter's error if it cannot run. */
interface Renderer {
  /** As {@link render}, but the error is the interpreter's own, also of a refusal. */
  attempt(messages: readonly TemplateMessage[]): string;
  readonly render: Render;
  readonly probe: RenderProbe;
}

function renderer(source: string, files: TemplateFiles): Renderer {
  const { bosToken = '', eosToken = '', tokens = {}, thinking } = files;
  let compiled: BudgetedTemplate | undefined;
  const interpret = (messages: readonly TemplateMessage[], generation = true): string => {
    compiled ??= budgetedTemplate(source);
    const units = messages.reduce((sum, { content }) => sum + content.length, 0);
    const variables = {
      ...tokens,
      bos_token: bosToken,
      eos_token: eosToken,
      messages: messages.map((m) => ({ ...m })),
      tools: null,
      documents: null,
      add_generation_prompt: generation,
      ...(thinking === undefined ? {} : { enable_thinking: thinking }),
      raise_exception: (why: unknown) => {
        throw new TemplateRefusal(String(why));
      },
    };
    return compiled.render(variables, messages.length, units);
  };
  const render: Render = (messages) => renderMarked(interpret, messages, source);
  return {
    attempt: (messages) => render(messages).text,
    render(messages) {
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
        return refused(messages, cause);
      }
    },
    probe(messages, generation) {
      try {
        return interpret(messages, generation);
      } catch (error) {
        if (error instanceof EngineError && error.code === 'model-limit') throw error;
        return undefined;
      }
    },
  };
}

/**
 * The template's text, of the first file that has one. A file has one template, or several by name: as a list of objects
 * with `name` and `template`, or as an object. Of these `default` is used; else the first that is not for tools.
 */
export function templateSource({
  jinja,
  config,
  json,
}: Pick<TemplateFiles, 'jinja' | 'config' | 'json'>): string | undefined {
  return jinja ?? chosen(config?.chat_template) ?? chosen(json?.chat_template ?? json);
}

function chosen(template: unknown): string | undefined {
  if (typeof template === 'string') return template;
  if (typeof template !== 'object' || template === null) return undefined;
  const named = Array.isArray(template)
    ? template.map((t) => [(t as NamedTemplate | null)?.name, (t as NamedTemplate | null)?.template] as const)
    : Object.entries(template);
  const texts = named.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const plain =
    texts.find(([name]) => name === 'default') ?? texts.find(([name]) => !/tool|rag/i.test(String(name)));
  return (plain ?? texts[0])?.[1];
}

interface NamedTemplate {
  readonly name?: unknown;
  readonly template?: unknown;
}

/** Moves the system text in front of the first user message. Undefined if the dialogue does not begin that way. */
function withoutSystem(messages: readonly TemplateMessage[]): TemplateMessage[] | undefined {
  const [system, first, ...rest] = messages;
  if (system?.role !== 'system' || first?.role !== 'user') return undefined;
  return [{ role: 'user', content: `${system.content}\n\n${first.content}` }, ...rest];
}
