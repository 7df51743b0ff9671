import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { ClaudeCodeEvent, ContentBlock } from "./schema.ts";

const maxLength = 200;

/** What the event says about the work, one line each, safe to print on a terminal. */
export const activityOf = (event: ClaudeCodeEvent, directory: string): readonly string[] => {
  switch (event.type) {
    case "assistant":
      return typeof event.message.content === "string"
        ? []
        : event.message.content.flatMap((block) => toolLine(block, directory));
    case "system":
      return event.subtype === "api_retry"
        ? [
            oneLine(
              `Provider: ${event.error_status ?? event.error}, retry ${event.attempt} of ${event.max_retries}`,
            ),
          ]
        : [];
    case "user":
    case "result":
      return [];
  }
};

const toolLine = (block: ContentBlock, directory: string): readonly string[] => {
  if (!("name" in block)) return [];
  const { name, input } = block;
  const path = input["file_path"] ?? input["path"];
  const subject =
    typeof path === "string" ? shorten(path, directory) : (input["command"] ?? input["pattern"] ?? "");
  return [oneLine(typeof subject === "string" ? `${name} ${subject}` : name)];
};

const shorten = (path: string, directory: string): string => {
  const inside = relative(directory, path);
  return path.startsWith("/") && !inside.startsWith("..") && inside !== "" ? inside : path;
};

/** Without escapes, control characters and the marks that turn text around; at most 200 characters. */
export const oneLine = (text: string): string => {
  const clean = stripVTControlCharacters(text)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  const points = [...clean];
  return points.length <= maxLength ? clean : `${points.slice(0, maxLength - 1).join("")}…`;
};
