import type { Page } from 'playwright-core';

/** Passwords of the first sign-in. */
export interface FirstSignIn {
  readonly url: string;
  readonly generated: string;
  readonly chosen: string;
}

/** Sign in as admin with the generated password and replace it, as everybody must at the first start. */
export async function signInFirst(page: Page, { url, generated, chosen }: FirstSignIn): Promise<void> {
  await page.goto(url);
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(generated);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('New password', { exact: true }).fill(chosen);
  await page.getByLabel('New password again', { exact: true }).fill(chosen);
  await page.getByRole('button', { name: 'Change password' }).click();
}
