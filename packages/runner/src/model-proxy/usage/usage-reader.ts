import { createFrameSplitter } from "./event-stream.ts";
import { createLineSplitter } from "./lines.ts";
import { bedrockChunkSchema } from "./schema.ts";
import type { Tally } from "./tally.ts";

/** Reads along with an answer that flows past. Never throws: what it cannot read says nothing. */
export interface UsageReader {
  read(chunk: Buffer): void;
  /** The answer has ended well. */
  end(): void;
}

/** Longer events, and longer whole answers, are not read. */
const maxEventBytes = 32 * 1024 * 1024;

/** By the form that the answer says it has. */
export const createUsageReader = (contentType: string, tally: Tally): UsageReader => {
  const [type = ""] = contentType.toLowerCase().split(";");
  switch (type.trim()) {
    case "text/event-stream":
      return serverSentEvents(tally);
    case "application/vnd.amazon.eventstream":
      return amazonEvents(tally);
    case "application/json":
      return wholeAnswer(tally);
    default:
      return { read: () => undefined, end: () => undefined };
  }
};

const serverSentEvents = (tally: Tally): UsageReader => {
  const lines = createLineSplitter(maxEventBytes, (line) => {
    // The pieces of the answer are many and say nothing of its use.
    if (!line.startsWith("data:") || !/"usage"|"message_stop"/.test(line)) return;
    tally.event(parseJson(line.slice("data:".length)));
  });
  return { read: lines.push, end: lines.end };
};

const amazonEvents = (tally: Tally): UsageReader => {
  const frames = createFrameSplitter(maxEventBytes, (payload) => {
    const chunk = bedrockChunkSchema.safeParse(parseJson(payload.toString("utf8")));
    if (chunk.success) tally.event(parseJson(Buffer.from(chunk.data.bytes, "base64").toString("utf8")));
  });
  return { read: frames.push, end: () => undefined };
};

const wholeAnswer = (tally: Tally): UsageReader => {
  let chunks: Buffer[] = [];
  let bytes = 0;
  return {
    read: (chunk) => {
      bytes += chunk.length;
      if (bytes > maxEventBytes) chunks = [];
      else chunks.push(chunk);
    },
    end: () => {
      tally.event(parseJson(Buffer.concat(chunks).toString("utf8")));
      chunks = [];
    },
  };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Broken: a tally takes it for an event that says nothing.
    return null;
  }
};
