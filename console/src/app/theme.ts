import { createTheme, type Theme, type ThemeOptions, useTheme } from '@mui/material';
import { defaultDarkTheme, defaultLightTheme, type RaThemeOptions } from 'react-admin';
import { DARK, LIGHT, type Tokens } from './tokens.ts';

type Mode = 'light' | 'dark';

/** Theme of one mode. No fonts are fetched: the system's are used, with figures of equal width. */
export function themeOptions(mode: Mode): RaThemeOptions {
  const tokens = mode === 'dark' ? DARK : LIGHT;
  const base = mode === 'dark' ? defaultDarkTheme : defaultLightTheme;
  return {
    ...base,
    palette: {
      mode,
      background: { default: tokens.ground, paper: tokens.surface },
      text: { primary: tokens.text, secondary: tokens.muted },
      primary: { main: tokens.accent },
      secondary: { main: tokens.accent },
      error: { main: tokens.priority.Critical },
      warning: { main: tokens.priority.High },
      info: { main: tokens.priority.Low },
      success: { main: tokens.muted },
      divider: tokens.line,
    },
    shape: { borderRadius: 4 },
    typography: {
      fontFamily: 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif',
      fontSize: 13.5,
      h1: { fontSize: '1.35rem', fontWeight: 600 },
      h2: { fontSize: '1.02rem', fontWeight: 600 },
      h3: { fontSize: '0.92rem', fontWeight: 600 },
      button: { textTransform: 'none', fontWeight: 600 },
    },
    components: { ...base.components, ...componentOptions(tokens) } as NonNullable<RaThemeOptions['components']>, // react-admin adds its own names.
  };
}

function componentOptions(tokens: Tokens): ThemeOptions['components'] {
  return {
    MuiCssBaseline: {
      styleOverrides: {
        body: { fontVariantNumeric: 'tabular-nums' },
        a: { color: tokens.accent },
        '.visually-hidden': { position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)', whiteSpace: 'nowrap' },
        ':focus-visible': { outline: `2px solid ${tokens.accent}`, outlineOffset: 1 },
        '@media (prefers-reduced-motion: reduce)': { '*': { animation: 'none !important', transition: 'none !important' } },
      },
    },
    MuiAppBar: { styleOverrides: { root: { backgroundColor: tokens.bar, backgroundImage: 'none', color: '#eef2f4' } } },
    MuiPaper: {
      defaultProps: { elevation: 0 },
      styleOverrides: { root: { backgroundImage: 'none' }, rounded: { border: `1px solid ${tokens.line}` } },
    },
    MuiTableCell: {
      styleOverrides: { root: { borderColor: tokens.line, padding: '6px 10px' }, head: { fontWeight: 600, color: tokens.muted } },
    },
    MuiButton: { defaultProps: { disableElevation: true } },
    MuiTooltip: { defaultProps: { enterDelay: 400, arrow: true } },
  };
}

export const createConsoleTheme = (mode: Mode): Theme => createTheme(themeOptions(mode));

/** The theme chosen in this browser, else that of the system. */
export const preferredMode = (chosen: unknown): Mode => {
  if (chosen === 'dark' || chosen === 'light') return chosen;
  return globalThis.matchMedia?.('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
};

/** Colours of the mode in use. */
export const useTokens = (): Tokens => (useTheme().palette.mode === 'dark' ? DARK : LIGHT);
