import { type FieldError, invalidInput } from './action-error.ts';

/** Deeper than anything that is declared; beyond it JSON and the checks of the schema run out of stack. */
const maxDepth = 64;

/** Refuse what no schema sees: U+0000, which the database cannot hold, and nesting without an end. Throws a 400 that names the field. */
export function checkTexts(input: unknown): void {
  const open: { readonly value: unknown; readonly field: string; readonly depth: number }[] = [{ value: input, field: '', depth: 0 }];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { value, field, depth } = at;
    if (typeof value === 'string') assertText(field, value);
    if (typeof value !== 'object' || value === null) continue;
    if (depth > maxDepth) throw refuse(field, `is nested more than ${maxDepth} levels deep; flatten it`);
    for (const [key, child] of Object.entries(value)) {
      const name = field === '' ? key : `${field}.${key}`;
      assertText(field, key);
      open.push({ value: child, field: name, depth: depth + 1 });
    }
  }
}

function assertText(field: string, text: string): void {
  if (text.includes('\0')) throw refuse(field, 'contains the character U+0000; leave it out');
}

/** The start of the name is enough to find it. */
const refuse = (field: string, message: string): Error =>
  invalidInput([{ field: field.length > 200 ? `${field.slice(0, 199)}…` : field, message } satisfies FieldError]);
