/**
 * Some browsers (headless ones in a POSIX locale) report a language such as `en-US@posix`, on which `Intl` throws, and with it
 * uPlot at its import. Put a language that works in its place.
 */
export function guardLocale(target: { readonly language: string }): void {
  try {
    Intl.getCanonicalLocales(target.language);
  } catch {
    Object.defineProperty(target, 'language', { value: 'en-GB', configurable: true });
    Object.defineProperty(target, 'languages', { value: ['en-GB'], configurable: true });
  }
}
