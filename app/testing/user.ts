/** Simulates a person's actions on a page, with the events and default actions of a browser. */
import { act } from 'preact/test-utils';
import { isDisabled, isFocusable, isShown, topLayer } from './dom.ts';

const nextTask = setTimeout;

/**
 * Runs `work`, and then waits until Preact has drawn its consequences: signals, state, effects, and changes by promises
 * that are settled by then. Also works with fake timers.
 */
export async function settled(work: () => void | Promise<void> = () => {}): Promise<void> {
  await act(async () => {
    await work();
    await new Promise<void>((resolve) => void nextTask(resolve));
  });
}

interface KeyOptions {
  readonly shift?: boolean;
  /** The key belongs to an input method's composition. */
  readonly composing?: boolean;
}

type Control = HTMLInputElement | HTMLTextAreaElement;

/** Clicks an element. Throws where a person could not: it is hidden or disabled. */
export async function click(element: Element): Promise<void> {
  reach(element);
  await settled(() => {
    if (fire(element, 'pointerdown')) focusFrom(element);
    fire(element, 'pointerup');
    activate(element);
  });
}

/** Types text into a field, letter by letter, after its present text. */
export async function type(field: Element, text: string): Promise<void> {
  reach(field);
  const control = field as Control;
  control.focus();
  for (const letter of text) {
    await settled(() => {
      if (fire(control, 'keydown', { key: letter })) input(control, control.value + letter);
      fire(control, 'keyup', { key: letter });
    });
  }
}

/** Replaces a field's text, as pasting over it does. */
export async function fill(field: Element, text: string): Promise<void> {
  reach(field);
  const control = field as Control;
  control.focus();
  await settled(() => input(control, text));
}

/** Chooses an entry of a list by its text. */
export async function choose(list: Element, option: string): Promise<void> {
  reach(list);
  const select = list as HTMLSelectElement;
  const entry = [...select.querySelectorAll('option')].find(
    ({ textContent }) => textContent.trim() === option,
  );
  if (entry === undefined) throw new Error(`The list has no entry "${option}".`);
  await settled(() => {
    select.value = entry.value;
    fire(select, 'input');
    fire(select, 'change');
  });
}

/** Presses a key where the focus is, or in `element`: `Enter`, `Escape`, `Tab`, `ArrowDown`, ` `, … */
export async function press(key: string, options: KeyOptions & { in?: Element } = {}): Promise<void> {
  const { in: element, shift: shiftKey = false, composing: isComposing = false } = options;
  if (element !== undefined) {
    reach(element);
    (element as HTMLElement).focus();
  }
  await settled(() => {
    const target = document.activeElement ?? document.body;
    const facts = { key, shiftKey, isComposing };
    if (fire(target, 'keydown', facts)) defaultOfKey(target, key, options);
    fire(target, 'keyup', facts);
  });
}

function reach(element: Element): void {
  const what = element.outerHTML.slice(0, 120);
  if (!element.isConnected) throw new Error(`It is not in the document any more: ${what}`);
  if (!isShown(element)) throw new Error(`It is not shown: ${what}`);
  if (isDisabled(element)) throw new Error(`It is disabled: ${what}`);
}

/** Returns false if a listener prevented the default action. */
function fire(target: EventTarget, type: string, facts: Record<string, unknown> = {}): boolean {
  const event = new Event(type, { bubbles: true, cancelable: true });
  target.dispatchEvent(Object.assign(event, facts));
  return !event.defaultPrevented;
}

function input(control: Control, text: string): void {
  control.value = text;
  fire(control, 'input');
}

function focusFrom(element: Element): void {
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    if (!isFocusable(at)) continue;
    (at as HTMLElement).focus();
    return;
  }
  (document.activeElement as HTMLElement | null)?.blur();
}

/** Dispatches the click, and performs its default action unless a listener prevents it. */
function activate(element: Element): void {
  const label = element.closest('label');
  const own = element.closest('input, button, a, select, textarea');
  if (label !== null && own === null) {
    if (!fire(element, 'click')) return;
    const id = label.getAttribute('for');
    const control = id === null ? label.querySelector('input, select, textarea') : byId(id);
    if (control !== null && !isDisabled(control)) {
      (control as HTMLElement).focus();
      activate(control);
    }
    return;
  }
  if (!fire(element, 'click')) return;
  if (own !== null) activateControl(own);
  const summary = element.closest('summary');
  if (summary !== null) toggleDetails(summary.parentElement as HTMLDetailsElement);
}

function activateControl(control: Element): void {
  const kind = control.getAttribute('type');
  if (control.localName === 'input' && kind === 'checkbox') {
    change(control as HTMLInputElement, !(control as HTMLInputElement).checked);
  } else if (control.localName === 'input' && kind === 'radio') {
    selectRadio(control as HTMLInputElement);
  } else if (control.localName === 'button') {
    const popover = control.getAttribute('popovertarget');
    if (popover !== null) togglePopover(popover);
    else if (kind === null || kind === 'submit') control.closest('form')?.requestSubmit();
  }
}

function change(control: HTMLInputElement, checked: boolean): void {
  control.checked = checked;
  fire(control, 'input');
  fire(control, 'change');
}

function selectRadio(chosen: HTMLInputElement): void {
  if (chosen.checked) return;
  for (const radio of document.querySelectorAll<HTMLInputElement>(`input[name="${chosen.name}"]`)) {
    radio.checked = false;
  }
  change(chosen, true);
}

function togglePopover(id: string): void {
  const popover = byId(id);
  if (popover === null) return;
  if (topLayer().includes(popover)) popover.hidePopover();
  else popover.showPopover();
}

function toggleDetails(details: HTMLDetailsElement): void {
  details.open = !details.open;
  fire(details, 'toggle');
}

function defaultOfKey(target: Element, key: string, { shift = false }: KeyOptions): void {
  if (key === 'Tab') focusNext(shift ? -1 : 1);
  if (key === 'Escape') closeTop();
  if (key !== 'Enter' && key !== ' ') return;
  if (target.localName === 'textarea')
    input(target as Control, `${(target as Control).value}${key === ' ' ? key : '\n'}`);
  else if (target.localName === 'input' && key === 'Enter') submitFrom(target);
  else activate(target);
}

/** Enter in a field sends its form, unless the button that would send it is disabled. */
function submitFrom(field: Element): void {
  const form = field.closest('form');
  const button = form?.querySelector('button[type="submit"], button:not([type])') ?? null;
  if (button !== null && isDisabled(button)) return;
  form?.requestSubmit();
}

function closeTop(): void {
  const top = topLayer().at(-1);
  if (top?.localName === 'dialog') (top as HTMLDialogElement).close();
  else top?.hidePopover();
}

function focusNext(step: 1 | -1): void {
  const all = [
    ...document.querySelectorAll<HTMLElement>('a, button, input, select, textarea, summary, [tabindex]'),
  ];
  const reachable = all.filter((each) => isFocusable(each) && isShown(each) && each.tabIndex >= 0);
  const at = reachable.indexOf(document.activeElement as HTMLElement);
  const to = at < 0 ? (step > 0 ? 0 : reachable.length - 1) : at + step;
  const next = reachable[to];
  if (next === undefined) (document.activeElement as HTMLElement | null)?.blur();
  else next.focus();
}

const byId = (id: string): HTMLElement | null => document.getElementById(id);
