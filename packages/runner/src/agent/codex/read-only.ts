import { startInside } from "../../sandbox/run-inside.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { AgentRequest } from "../agent.ts";
import { oneLine } from "../claude-code/activity.ts";
import { sandboxArguments } from "./command-line.ts";
import { type GiveBack, withhold } from "./withhold.ts";

export interface ReadOnlySession {
  readonly program: string;
  readonly sandbox: Sandbox;
  /** Writable for whoever is inside: what is refused there is refused by the CLI's own sandbox. */
  readonly codexHome: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly request: Pick<AgentRequest, "directory" | "signal">;
}

/** What keeps a session from writing into the clone. */
export type Lock =
  /** The CLI's own sandbox, which takes the network away as well. */
  | { readonly kind: "by-cli" }
  /** The clone is somebody else's until it is given back. */
  | { readonly kind: "by-owner"; readonly giveBack: GiveBack }
  /** Nothing: the session must not begin. For a person. */
  | { readonly kind: "none"; readonly message: string };

/**
 * The CLI's sandbox (bubblewrap) needs user namespaces, which many containers do not permit, and without it its
 * read-only commands do not run at all. Where that is so, and the agent is another user, the clone is taken away from it
 * for the time of the session.
 * @throws Error where the clone cannot be taken away as a whole
 */
export const createLocksmith = (searchPath: string) => {
  let known: Trial | undefined;
  return async (session: ReadOnlySession): Promise<Lock> => {
    const trial = known ?? (await tryOut(session));
    // The session will say that there is no such program.
    if (trial.kind === "not-started") return { kind: "by-cli" };
    // Once is enough: what a machine permits does not change under a run.
    known = trial;
    if (trial.kind === "holds") return { kind: "by-cli" };
    if (session.sandbox.isolation.user !== "separate") return { kind: "none", message: problemOf(trial.why) };
    await session.sandbox.endAll();
    return { kind: "by-owner", giveBack: await withhold(session.request.directory, searchPath) };
  };
};

type Trial =
  | { readonly kind: "holds" }
  | { readonly kind: "not-started" }
  | { readonly kind: "fails"; readonly why: string };

const problemOf = (why: string): string =>
  `Codex cannot lock a read-only session in on this machine (${why}). Its sandbox needs unprivileged user namespaces: permit them to the runner (in a container, by its seccomp profile; on Ubuntu, kernel.apparmor_restrict_unprivileged_userns=0), start the runner as root so that the agent is another user, or take another agent (AGENT).`;

const timeoutMs = 30_000;
const script = 'if touch "$0/written" 2>/dev/null; then echo writable; else echo locked; fi';

/** With a file that could be written but for the CLI's sandbox. */
const tryOut = async (session: ReadOnlySession): Promise<Trial> => {
  const { program, sandbox, codexHome, environment, request } = session;
  const { end, stdout, stderr } = await startInside(sandbox, {
    command: program,
    arguments: sandboxArguments(["/bin/sh", "-c", script, codexHome]),
    directory: codexHome,
    environment,
    timeoutMs,
    signal: request.signal,
    maxOutput: 2_000,
    keep: "tail",
  });
  if (end.kind === "not-started") return { kind: "not-started" };
  if (stdout.trim() === "locked") return { kind: "holds" };
  return {
    kind: "fails",
    why: stdout.trim() === "writable" ? "what it locks can be written" : oneLine(stderr),
  };
};
