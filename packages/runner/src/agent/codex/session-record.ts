import type { CodexEvent, CodexItem, CodexUsage } from "./schema.ts";

/** What an outcome needs to know of a session, however long it ran. */
export interface SessionRecord {
  readonly session: string | null;
  /** What the agent said last. */
  readonly text: string | null;
  /** Commands and changes that were begun. */
  readonly actions: number;
  /** Of the conversation so far; null until the session has ended well. */
  readonly conversationUsage: CodexUsage | null;
  /** Why it ended otherwise. */
  readonly failure: string | null;
}

export const emptyRecord: SessionRecord = {
  session: null,
  text: null,
  actions: 0,
  conversationUsage: null,
  failure: null,
};

export const record = (before: SessionRecord, event: CodexEvent): SessionRecord => {
  switch (event.type) {
    case "thread.started":
      return { ...before, session: event.thread_id };
    case "item.started":
      return isAction(event.item) ? { ...before, actions: before.actions + 1 } : before;
    case "item.completed":
      return event.item.type === "agent_message" ? { ...before, text: event.item.text } : before;
    case "turn.completed":
      return { ...before, conversationUsage: event.usage };
    case "turn.failed":
      return { ...before, failure: event.error.message };
    case "error":
      return before;
  }
};

const isAction = ({ type }: CodexItem): boolean => type === "command_execution" || type === "file_change";
