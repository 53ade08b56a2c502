/** A rule a new password must keep, and whether it does. The api has the last word. */
export interface PasswordRule {
  readonly text: string;
  readonly met: boolean;
}

/** The rules, in the order they are shown. */
export function passwordRules(password: string, username: string): readonly PasswordRule[] {
  const name = username.toLowerCase();
  return [
    { text: 'at least 12 characters, such as four random words', met: [...password].length >= 12 },
    { text: 'at least 5 different characters', met: new Set(password).size >= 5 },
    { text: 'does not hold the user name', met: password !== '' && (name.length <= 3 || !password.toLowerCase().includes(name)) },
  ];
}
