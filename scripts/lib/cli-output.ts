import type { LogLine } from '@/lib/api-client/client';
import { cleanLine } from '@/lib/contracts/text';

/** What a terminal may take as a command, also inside of JSON, which escapes only some of it. */
const CONTROLS = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Prints a line for programs. */
export const print = (value: unknown): void => console.log(jsonLine(value));

export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(CONTROLS, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * Text of strangers as a terminal may show it: without controls and what changes the direction of text. Its further lines
 * are indented, so that none looks like a line of ours.
 */
export const shown = (text: string, indent = ''): string =>
  text
    .split('\n')
    .map(cleanLine)
    .filter(Boolean)
    .map((line, i) => `${indent}${i > 0 ? '    ' : ''}${line}`)
    .join('\n');

/** A line of a log for people: time, level, item and attempt, message. */
export const logText = ({ at, level, index, attempt, message }: LogLine): string =>
  `${at}  ${level.padEnd(5)}  ${index === undefined ? '' : `#${index + 1} `}[${attempt}]  ${shown(message)}`;

export const printLog = (line: LogLine): void => console.log(logText(line));
