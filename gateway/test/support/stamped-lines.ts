import { id, stamped } from "./log-scene.ts";

export const url = `/v1/applications/${id}/logs`;
/** What a container is in, that runs and that has ended. */
export const running = { running: {} };
export const ended = { terminated: { exitCode: 0 } };
export const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
/** The first lines of a log, as Kubernetes gives them, and as readers see them. */
export const stampedLines = (count: number): string[] => numbers(count).map(stamped);
export const texts = (count: number): string[] => numbers(count).map((index) => `line ${index}`);
