import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { nothingUsed } from "./map-outcome.ts";
import type { CodexUsage } from "./schema.ts";

/** What goes on from one session to the next that resumes it. */
export interface Conversation {
  /** `CODEX_HOME`. */
  readonly codexHome: string;
  /** By all of its sessions so far. */
  readonly used: CodexUsage;
}

export interface Conversations {
  /** A new one, or the one that a session has left; null where there is no such session. */
  open(session: string | undefined): Promise<Conversation | null>;
  /** How it stands when a session has ended. */
  keep(session: string, conversation: Conversation): void;
  /** A folder of this session's own, for what the CLI has to read or may write. */
  freshFolder(): Promise<string>;
  /** Hands it over, with what is in it. */
  give(folder: string): Promise<void>;
}

/**
 * Each conversation has a `CODEX_HOME` of its own. The CLI takes instructions, skills and hooks from there, and what one
 * session leaves in its home must not speak to the one that reviews its work (§11.5). The folders' names cannot be
 * guessed: nothing that an earlier session has planted is written through.
 */
export const createConversations = (home: string, sandbox: Sandbox): Conversations => {
  const known = new Map<string, Conversation>();
  const freshFolder = async (): Promise<string> => {
    await mkdir(home, { recursive: true });
    return mkdtemp(join(home, "codex-"));
  };
  return {
    open: async (session) => {
      if (session !== undefined) return known.get(session) ?? null;
      const codexHome = await freshFolder();
      await sandbox.give(codexHome);
      return { codexHome, used: nothingUsed };
    },
    keep: (session, conversation) => {
      known.set(session, conversation);
    },
    freshFolder,
    give: (folder) => sandbox.give(folder),
  };
};
