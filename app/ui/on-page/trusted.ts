/** Whether a person made an event, or the browser for them; scripts of a page cannot make such events. */
export const isTrusted = (event: Event): boolean => event.isTrusted;
