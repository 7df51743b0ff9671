import type { ClaudeCodeEvent, ResultEvent } from "./schema.ts";

/** What an outcome needs to know of a session, however long it ran. */
export interface SessionRecord {
  /** As it named it at its start. */
  readonly session: string | null;
  readonly result: ResultEvent | null;
  /** Tool calls that did what they were asked. */
  readonly toolsSucceeded: number;
  /** The CLI's class of the last failed request to the provider. */
  readonly lastApiError: string | null;
}

export const emptyRecord: SessionRecord = {
  session: null,
  result: null,
  toolsSucceeded: 0,
  lastApiError: null,
};

export const record = (before: SessionRecord, event: ClaudeCodeEvent): SessionRecord => {
  switch (event.type) {
    case "system":
      return event.subtype === "init" ? { ...before, session: event.session_id } : before;
    case "assistant":
      return { ...before, lastApiError: event.error ?? null };
    case "user": {
      const { content } = event.message;
      if (typeof content === "string") return before;
      const succeeded = content.filter((block) => block.type === "tool_result" && !isFailed(block));
      return { ...before, toolsSucceeded: before.toolsSucceeded + succeeded.length };
    }
    case "result":
      return { ...before, result: event };
  }
};

const isFailed = (block: object): boolean => "is_error" in block && block.is_error === true;
