/** Pens a trend takes. */
export const MAX_PENS = 8;
