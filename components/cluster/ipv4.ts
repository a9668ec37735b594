/** A range of IPv4 addresses: the first one as a number, and how many leading bits all have in common. */
export interface Block {
  readonly first: number;
  readonly prefix: number;
}

/** The range that `10.0.0.0/16` means. Undefined: it is not written so, or does not begin on its boundary. */
export function parseBlock(cidr: string): Block | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (match === null) return undefined;
  const [prefix = 0, ...bytes] = [match[5], ...match.slice(1, 5)].map(Number);
  if (prefix > 32 || bytes.some((byte) => byte > 255)) return undefined;
  const block = { first: bytes.reduce((address, byte) => address * 256 + byte, 0), prefix };
  // Also refuses what is not the usual way to write it, such as leading zeros.
  return block.first % size(prefix) === 0 && formatBlock(block) === cidr ? block : undefined;
}

export function formatBlock({ first, prefix }: Block): string {
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${bytes.join(".")}/${prefix}`;
}

/** The part number `index`, counted from 0, of a block that is cut into parts of that prefix. */
export function part(block: Block, prefix: number, index: number): Block {
  return { first: block.first + index * size(prefix), prefix };
}

export function contains(outer: Block, inner: Block): boolean {
  return inner.first >= outer.first && end(inner) <= end(outer);
}

export function overlap(a: Block, b: Block): boolean {
  return a.first < end(b) && b.first < end(a);
}

/** The first address after the block. */
function end({ first, prefix }: Block): number {
  return first + size(prefix);
}

/** How many addresses there are. */
function size(prefix: number): number {
  return 2 ** (32 - prefix);
}
