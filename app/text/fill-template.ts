/** Replaces all placeholders in one pass, so that `{text}` inside a value stays as it is. Unknown ones stay. Pure. */
export function fillTemplate(template: string, values: Readonly<Record<string, string | undefined>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
