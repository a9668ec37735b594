export const findProblems = (): Promise<readonly string[]> => Promise.resolve([]);
