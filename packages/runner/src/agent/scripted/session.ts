/** What a session has to remember; it travels in the session's id, so that any process can resume it. */
export interface Session {
  readonly identifier: string;
  /** Implementing sessions so far. */
  readonly implemented: number;
}

export const formatSession = ({ identifier, implemented }: Session): string =>
  `rehearsal:${implemented}:${identifier}`;

/** `null` for an id that is not ours. */
export const parseSession = (id: string): Session | null => {
  const [, implemented, identifier] = /^rehearsal:(\d{1,4}):(.+)$/s.exec(id) ?? [];
  return implemented === undefined || identifier === undefined
    ? null
    : { identifier, implemented: Number(implemented) };
};
