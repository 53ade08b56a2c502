/** The database refuses what a row holds: SQLSTATE class 22 (data exception) or 23 (integrity constraint violation). */
export function isDataError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^2[23][0-9A-Z]{3}$/.test(error.code);
}
