/**
 * Returns a key that an object of a JSON text has more than once, however it is escaped.
 * @param text one that JSON.parse has taken
 */
export function duplicateKey(text: string): string | undefined {
  /** The keys of each object that is open; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  let isKey = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charAt(at)) {
      case "{":
        open.push(new Set());
        isKey = true;
        break;
      case "[":
        open.push(undefined);
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case ",":
        isKey = open.at(-1) !== undefined;
        break;
      case ":":
        isKey = false;
        break;
      case '"': {
        const end = endOfString(text, at);
        const keys = isKey ? open.at(-1) : undefined;
        if (keys !== undefined) {
          const key = String(JSON.parse(text.slice(at, end + 1)));
          if (keys.has(key)) return key;
          keys.add(key);
        }
        at = end;
      }
    }
  }
  return undefined;
}

/** Finds the closing mark of the string that begins at `start`: the first that no odd number of backslashes precedes. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return end;
  }
}
