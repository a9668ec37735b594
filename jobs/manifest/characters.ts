/**
 * Characters that a value may not have. Halves of a surrogate pair have no UTF-8, and would arrive as U+FFFD.
 * bin/spark-class removes each carriage return from what it starts a driver with. The other controls, line separators
 * and the marks that turn the direction of text arrive, but a terminal or a log that shows the value is changed by them.
 * Tab and newline arrive, and are what certificates, queries and scripts are written with.
 */
const unsafe = /(?![\t\n])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
const unsafeOrBlock = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** The first character of a text of many lines that it may not have, as a message names it: `U+001B`. */
export function unsafeCharacter(text: string): string | undefined {
  return named(unsafe.exec(text)?.[0]);
}

/** The same for a text of one line, which has no tabs either. */
export function unsafeInLine(text: string): string | undefined {
  return named(unsafeOrBlock.exec(text)?.[0]);
}

/** A text in quotation marks as JSON has it, with escapes in place of all that a terminal would act on. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (found) =>
    Array.from({ length: found.length }, (_, at) => escaped(found.charCodeAt(at))).join(""),
  );
}

const hex = (code: number): string => code.toString(16).padStart(4, "0");
const escaped = (unit: number): string => `\\u${hex(unit)}`;

function named(character: string | undefined): string | undefined {
  const code = character?.codePointAt(0);
  return code === undefined ? undefined : `U+${hex(code).toUpperCase()}`;
}
