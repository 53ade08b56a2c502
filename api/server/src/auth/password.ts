import { randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

const minLength = 12;
const maxLength = 256;
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** argon2id, 19 MiB and two passes (its defaults): about 30 ms. */
export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFKC'));

/** A hash of nobody's password, so that an unknown user takes as long as a wrong password. */
let nobody: Promise<string> | undefined;

/** Compare; `stored` undefined (no such user) takes as long and is false. */
export async function verifyPassword(stored: string | undefined, password: string): Promise<boolean> {
  nobody ??= hashPassword(generatePassword());
  const matches = await verify(stored ?? (await nobody), password.normalize('NFKC'));
  return matches && stored !== undefined;
}

/** What is wrong with a new password; undefined when it will do. */
export function checkPassword(password: string, username: string): string | undefined {
  const length = [...password].length;
  if (length < minLength) return `has ${length} characters; take at least ${minLength}, such as four random words`;
  if (length > maxLength) return `has ${length} characters; the most is ${maxLength}`;
  const name = username.toLowerCase();
  if (name.length > 3 && password.toLowerCase().includes(name)) return 'holds the user name; take something that has nothing to do with it';
  if (new Set(password).size < 5) return 'repeats too few characters; take at least 5 different ones';
  return undefined;
}

/** A password of about 98 bits: four groups of five, without characters that look alike. */
export function generatePassword(): string {
  const character = (): string => alphabet.charAt(randomInt(alphabet.length));
  return Array.from({ length: 4 }, () => Array.from({ length: 5 }, character).join('')).join('-');
}
