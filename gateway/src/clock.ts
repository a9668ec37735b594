/** The time, as milliseconds since 1970 in UTC. Handed in wherever time matters, so that tests can step it. */
export type Clock = () => number;

export const secondMs = 1000;
export const dayMs = 86_400 * secondMs;
