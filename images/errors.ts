/** Something the caller can put right: shown as its message alone. */
export class UserError extends Error {
  override readonly name: string = "UserError";
}

/** A command line that makes no sense; ends with another exit code than a build that failed. */
export class UsageError extends UserError {
  override readonly name = "UsageError";
}

/** The message of whatever was thrown, with the cause that fetch hides one level down. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
