import { styleText } from 'node:util';

/** Colour, where messages go to a terminal and NO_COLOR is not set. */
export function paint(colour: 'green' | 'red' | 'yellow' | 'dim', text: string): string {
  return process.stderr.isTTY && !process.env.NO_COLOR ? styleText(colour, text) : text;
}
