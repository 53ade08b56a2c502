import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { createGate, type Turn } from './gate.ts';

const minLength = 12;
const maxLength = 256;
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** argon2id, 19 MiB and two passes (its defaults): about 30 ms. */
export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFKC'));

/** Hashing and checking, few at once: each takes a thread and 30 ms of a core that the plant needs too. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** Compare; `stored` undefined (no such user) takes as long and is false. */
  verify(stored: string | undefined, password: string, turn?: Turn): Promise<boolean>;
}

/** Half of the cores, at most two of the four threads that work in the background. */
const atOnce = Math.max(1, Math.min(2, Math.floor(availableParallelism() / 2)));

/** Passwords behind a gate. */
export function createPasswords(): Passwords {
  const gate = createGate({
    places: atOnce,
    waiting: 64,
    waitingPerKey: 8,
    full: 'Too many people are signing in just now; try again in a moment.',
  });
  let nobody: Promise<string> | undefined;
  /** A hash of nobody's password, so that an unknown user takes as long as a wrong password. */
  const hashOfNobody = (): Promise<string> => {
    nobody ??= hashPassword(generatePassword());
    return nobody;
  };
  return {
    hash: (password) => gate.run(() => hashPassword(password), { first: true }),
    verify: async (stored, password, turn = {}) => {
      const matches = await gate.run(async () => verify(stored ?? (await hashOfNobody()), password.normalize('NFKC')), turn);
      return matches && stored !== undefined;
    },
  };
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
