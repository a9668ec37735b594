/**
 * Whether Go will find this time zone: the operator asks time.LoadLocation, which looks for a file of exactly that
 * name. Intl knows the same names but not their case, so the case is compared where Intl gives the name back.
 */
export function isTimeZone(name: string): boolean {
  // No offsets ("+01:00"), which Intl takes; no paths; and "Local" would be the controller's.
  if (!/^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*){0,2}$/.test(name)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}
