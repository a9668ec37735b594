/** A custom timeout as Pulumi writes it (`90s`, `5m`, `1h30m`) in milliseconds; ten minutes where there is none. */
export function milliseconds(timeout: string): number {
  if (timeout === "") return 600_000;
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  const parts = [...timeout.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.map(([part]) => part).join("") !== timeout)
    throw new Error(`the timeout "${timeout}" is not like "5m"`);
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ""] ?? 0), 0);
}
