import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signInFirst } from '../browser/sign-in.ts';
import { type RunningBrowser, startBrowser } from '../browser/start-browser.ts';
import { type RunningPlant, runPlant, until } from './run-plant.ts';

const EXAMPLE = fileURLToPath(new URL('../../../examples/first-plant', import.meta.url));
const COMMAND = fileURLToPath(new URL('../../../cli/src/main.ts', import.meta.url));
const PASSWORD = 'copper lamp river stone';

const folder = mkdtempSync(join(tmpdir(), 'kp-console-'));
const yaml = join(folder, 'yaml');
const pumps = join(yaml, 'pumps.yaml');
const pageErrors: string[] = [];
let plant: RunningPlant;
let browser: RunningBrowser;
let page: Page;

beforeAll(async () => {
  cpSync(EXAMPLE, yaml, { recursive: true });
  [plant, browser] = await Promise.all([runPlant({ paths: [yaml], data: join(folder, 'data') }), startBrowser()]);
  page = browser.context.pages()[0] ?? (await browser.context.newPage());
  page.on('pageerror', (error) => pageErrors.push(error.message));
});

afterAll(async () => {
  await browser?.close();
  await plant?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What the command prints about this plant; throws with what it says when it fails. */
const kubeplant = (...args: readonly string[]): string =>
  execFileSync(process.execPath, [COMMAND, ...args, '--data', plant.data], { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });

/** The value cell of a tag on the device page. */
const cellOf = (tag: string) => page.locator(`[data-tag="default/pump-1/${tag}"] [data-value]`);

describe('somebody opens the console for the first time', () => {
  it('refuses a wrong password', async () => {
    await page.goto(plant.url);
    await page.getByLabel('User name').fill('admin');
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
  });

  it('signs in with the generated password, must replace it, and is then inside', async () => {
    await signInFirst(page, {
      url: plant.url,
      generated: readFileSync(join(plant.data, 'initial-admin-password'), 'utf8').trim(),
      chosen: PASSWORD,
    });
    await page.getByRole('heading', { name: 'Sites' }).waitFor();
    await page.getByText('Riverside pumping station').first().waitFor();
  });

  it('is still signed in after a reload', async () => {
    await page.reload();
    await page.getByRole('heading', { name: 'Sites' }).waitFor();
  });
});

describe('the plant on the screen', () => {
  it('shows a value that changes by itself', async () => {
    await page.goto(`${plant.url}/devices/default~pump-1/show`);
    await cellOf('motor-temperature').waitFor();
    const first = await until('a number', async () => {
      const text = await cellOf('motor-temperature').textContent();
      return text !== null && /^\d/.test(text) ? text : undefined;
    });
    await until('another value', async () => (await cellOf('motor-temperature').textContent()) !== first);
    await page.locator('[data-tag="default/pump-1/motor-temperature"]').getByText('Good').waitFor();
  });

  it('draws it as a trend with its unit and value', async () => {
    await page.goto(`${plant.url}/trend?pens=default/pump-1/motor-temperature&range=5m`);
    await page.locator('canvas').waitFor();
    await page
      .locator('[data-pen="default/pump-1/motor-temperature"]')
      .getByText(/^[\d.]+ °C$/)
      .waitFor();
  });

  it('follows a file edited meanwhile', async () => {
    await page.goto(`${plant.url}/devices/default~pump-1/show`);
    await page.getByRole('heading', { name: 'Pump 1 (duty)', level: 1 }).waitFor();
    writeFileSync(pumps, readFileSync(pumps, 'utf8').replace('Pump 1 (duty)', 'Pump 1 (renamed)'));
    await page.getByRole('heading', { name: 'Pump 1 (renamed)', level: 1 }).waitFor();
  });
});

describe('a resource edited in the console', () => {
  it('is refused with the line of the field that is wrong', async () => {
    await page.goto(`${plant.url}/devices/default~pump-1/show?tab=declared`);
    const editor = page.getByRole('textbox', { name: 'Declared YAML' });
    await editor.waitFor();
    const text = await editor.inputValue();
    const line = text.split('\n').findIndex((one) => one.includes('unitId:')) + 1;
    await editor.fill(text.replace(/unitId: \d+/, 'unitId: 999'));
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(`line ${line}, spec.connection.modbusTcp.unitId`).waitFor();
    expect(readFileSync(pumps, 'utf8')).not.toContain('999');
  });

  it('is written into its file and shown', async () => {
    await page.getByRole('button', { name: 'Discard changes' }).click();
    const editor = page.getByRole('textbox', { name: 'Declared YAML' });
    await editor.fill((await editor.inputValue()).replace('Pump 1 (renamed)', 'Pump 1 (edited)'));
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Pump 1 (edited)', level: 1 }).waitFor();
    expect(readFileSync(pumps, 'utf8')).toContain('Pump 1 (edited)');
    expect(readFileSync(pumps, 'utf8')).toContain('# Two drives behind one gateway');
  });
});

describe('an alarm', () => {
  it('appears by itself', async () => {
    await page.goto(`${plant.url}/alarms?q=Motor`);
    await page
      .locator('[data-alarm]')
      .filter({ hasText: /Motor of pump-1 is at/ })
      .first()
      .waitFor({ timeout: 60_000 });
  });

  it('tells what it means and what to do', async () => {
    await page
      .getByRole('button', { name: /^Motor of pump-1 is at/ })
      .first()
      .click();
    await page.getByText('Check cooling and load; change over to the other pump.').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
  });

  it('is acknowledged with a comment, and the journal says by whom', async () => {
    await page
      .getByRole('button', { name: /^Acknowledge Motor of pump-1/ })
      .first()
      .click();
    await page.getByRole('dialog').getByLabel('Comment').fill('fan is being cleaned');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /^Acknowledge/ }).click();
    // The motor goes on heating: what changed between look and click is told, and acknowledged as it is now.
    await until('the dialog to close', async () => {
      if ((await dialog.count()) === 0) return true;
      const again = dialog.getByRole('button', { name: 'Acknowledge as they are now' });
      if (await again.isVisible()) await again.click({ timeout: 1000 }).catch(() => undefined);
      return undefined;
    });
    await page.goto(`${plant.url}/journal?kind=Acknowledged`);
    const row = page.locator('[data-kind="Acknowledged"]').first();
    await row.getByText('admin: “fan is being cleaned”').waitFor();
    await row.getByText(/Motor of pump-1/).waitFor();
  });
});

describe('an export of readings', () => {
  const tag = 'default/pump-1/motor-temperature';

  it('is written in the background and saved by the browser, from the trend', async () => {
    await page.goto(`${plant.url}/trend?pens=${tag}&range=5m`);
    await page.locator('canvas').waitFor();
    await page.getByRole('button', { name: 'Export' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: /Parquet/ }).check();
    const saved = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Export' }).click();
    const download = await saved;
    expect(download.suggestedFilename()).toMatch(/^pump-1-motor-temperature-.*\.parquet$/);
    const bytes = readFileSync(await download.path());
    expect(bytes.subarray(0, 4).toString()).toBe('PAR1');
    expect(bytes.subarray(-4).toString()).toBe('PAR1');
    await dialog.getByRole('link', { name: 'Exports' }).click();
  });

  it('is listed until it is deleted', async () => {
    const row = page.locator('[data-export]').filter({ hasText: '.parquet' });
    await row.getByText(/\d readings, /).waitFor();
    await row.getByRole('button', { name: /^Delete/ }).click();
    await page.getByText('No exports').waitFor();
  });

  it('is saved by the command too', () => {
    const file = join(folder, 'readings.csv');
    kubeplant('export', 'readings', tag, '--from', '30d', '--file', file);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^tag,time,value,unit,/);
    expect(lines.length).toBeGreaterThan(10);
    expect(lines[1]).toMatch(new RegExp(`^${tag},.*,°C,0,Good,`));
  });
});

describe('the command `kubeplant readings`', () => {
  const running = 'default/pump-1/running';

  it('prints readings as they are stored', () => {
    const [titles, first] = kubeplant('readings', running, '--from', '1d').split('\n');
    expect(titles).toMatch(/^TIME +VALUE +STATUS +FLAGS$/);
    expect(first).toMatch(/^\S+Z +[01] +Good +Simulated/);
  });

  it('prints a bucket a day of the site, with the figures that were asked for', () => {
    const lines = kubeplant('readings', running, '--from', '1h', '--interval', '1d', '--aggregate', 'max,count,durations', '-o', 'csv');
    expect(lines.split('\r\n')[0]).toBe('time,max,count,bad,durations');
    expect(lines).toMatch(/,1,[0-9]+,[0-9]+,.*1 [0-9]/);
  });

  it('prints what two states took as a table', () => {
    expect(kubeplant('readings', running, '--interval', '1m', '--aggregate', 'durations')).toMatch(/^TIME +DURATIONS\n.* [01] [0-9]+/);
  });

  it.each([
    { args: ['--interval', '1M'], says: '--interval 1M is neither a duration such as 15m nor days of the site such as 1d' },
    { args: ['--from', 'yesterday'], says: '--from yesterday is neither a time such as 2026-11-21T08:00:00Z nor how long ago' },
    { args: ['--aggregate', 'avg'], says: '--aggregate needs --interval' },
  ])('says what is wrong with $args', ({ args, says }) => expect(() => kubeplant('readings', running, ...args)).toThrow(says));
});

describe('the connection', () => {
  it('is said to be lost while the api is away, and values live on when it is back', async () => {
    await page.goto(`${plant.url}/devices/default~pump-1/show`);
    await cellOf('motor-temperature').waitFor();
    const bar = page.getByText(/Live connection lost: values are from \d\d:\d\d:\d\d \+0[12]:00/);
    process.kill(plant.pid('api'), 'SIGKILL');
    await bar.waitFor();
    await bar.waitFor({ state: 'detached', timeout: 40_000 });
    const first = await cellOf('motor-temperature').textContent();
    await until('another value', async () => (await cellOf('motor-temperature').textContent()) !== first, 40_000);
  });

  it('ends with the sign-out', async () => {
    await page.getByRole('button', { name: 'Profile' }).click();
    await page.getByRole('menuitem', { name: 'Logout' }).click();
    await page.getByLabel('User name').waitFor();
  });

  it('leaves no error behind on any page', () => expect(pageErrors).toEqual([]));
});
