/** The runner was called in a way it cannot serve; told in one message before anything is done. */
export class UsageError extends Error {}
