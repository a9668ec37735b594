/** No range of private addresses is wider: 10.0.0.0/8 (RFC 1918), fc00::/7 (RFC 4193). */
const widestPrivate = { v4: 8, v6: 7 };

/**
 * Whether a range is so wide that it is the internet, or a share of it: `0.0.0.0/0`, `::/0`, and the halves and
 * quarters that together stand for it.
 */
export function isWorld(cidr: string): boolean {
  const prefix = Number(cidr.split("/")[1]);
  return prefix < (cidr.includes(":") ? widestPrivate.v6 : widestPrivate.v4);
}
