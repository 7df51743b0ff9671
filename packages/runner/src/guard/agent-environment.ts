/** What the agent, the repository's scripts and its package manager get to see of this machine. */
export interface EnvironmentSource {
  /** Where programs are found: the only value taken from the runner's own environment. */
  readonly path: string;
  /** A home of this attempt's own, so that no settings or credentials of the machine are found. */
  readonly home: string;
  readonly temporary: string;
}

/**
 * The allow-list of §11.3: built from nothing, never by taking things away from our own environment. The agent's
 * adapter adds what its CLI needs; nothing else does.
 */
export const agentEnvironment = ({
  path,
  home,
  temporary,
}: EnvironmentSource): Readonly<Record<string, string>> => ({
  PATH: path,
  HOME: home,
  TMPDIR: temporary,
  LANG: "C.UTF-8",
  TERM: "dumb",
  CI: "1",
});
