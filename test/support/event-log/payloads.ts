/** Ways to make a page run `pwned(NUMBER)`, each for another place that a text may come to stand in. */
const markup = (call: string): string =>
  `"'><img src=x onerror=${call}><svg/onload=${call}></title></textarea></script><script>${call}</script>`;

export const styles = {
  /** Honest, to compare with. */
  plain: (number) => `plain ${number}`,
  /** In an element, in an attribute, in a script. */
  markup: (number) => markup(`pwned(${number})`),
  /** In a text of a script, with either quote. */
  quotes: (number) => `'-pwned(${number})-'"-pwned(${number})-"\\`,
  /** In an attribute without quotes. */
  attribute: (number) => `x onmouseover=pwned(${number}) onfocus=pwned(${number}) autofocus tabindex=0 y=`,
  /** As an address. */
  address: (number) => `javascript:pwned(${number})`,
  /** As a description, in which Spark leaves links. */
  anchor: (number) => `<span class="pwned"><a href="javascript:pwned(${number})">link</a></span>`,
  /** In a label of a graph that scripts take apart at these places. */
  label: (number) =>
    `a (stage 1.0: task 1)${markup(`pwned(${number})`)}\u0001b\u0001${markup(`pwned(${number})`)}`,
  template: (number) =>
    `{{#x}}{{{constructor.constructor('pwned(${number})')()}}}{{/x}} \${pwned(${number})}`,
  control: (number) => `\u0000\b\u001b[31m\u2028\u202e\ufeff${markup(`pwned(${number})`)}`,
  long: (number) => `${"long & ".repeat(1500)}${markup(`pwned(${number})`)}`,
} as const satisfies Readonly<Record<string, (number: number) => string>>;

export type Style = keyof typeof styles;

export const hostileStyles = Object.keys(styles).filter((style): style is Style => style !== "plain");
