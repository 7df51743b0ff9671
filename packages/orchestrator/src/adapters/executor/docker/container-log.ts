import { open, rename } from "node:fs/promises";
import { createRedactor } from "../../../core/redact.ts";
import type { EngineClient } from "./engine-client.ts";

/** What is kept of a container's log. */
const maxLogBytes = 10 * 1024 * 1024;
const maxLogLines = "20000";
const saveTimeoutMs = 60_000;
/** Redacted at once: long enough for a key of many lines, short enough to hold nobody up. */
const pieceLength = 64 * 1024;

const logRequest = (container: string, lines: string) =>
  ({
    method: "GET",
    path: `/containers/${container}/logs`,
    query: { stdout: "true", stderr: "true", tail: lines },
  }) as const;

/** The last lines, at most `maxCharacters`, credentials masked. @throws DeliveryError */
export const logTail = async (
  engine: EngineClient,
  container: string,
  maxCharacters: number,
): Promise<string> => {
  let text = "";
  await engine.stream(logRequest(container, "50"), async (body) => {
    for await (const part of redactedText(withinBytes(payloads(body), maxLogBytes)))
      text = (text + part).slice(-maxCharacters);
  });
  return text.trim();
};

/** Writes the log down, credentials masked, as people find that of any other attempt. @throws DeliveryError */
export const saveLog = async (engine: EngineClient, container: string, file: string): Promise<void> => {
  const unfinished = `${file}.partial`;
  {
    await using handle = await open(unfinished, "w", 0o600);
    const request = { ...logRequest(container, maxLogLines), timeoutMs: saveTimeoutMs };
    await engine.stream(request, async (body) => {
      for await (const part of redactedText(withinBytes(payloads(body), maxLogBytes)))
        await handle.write(part);
    });
  }
  await rename(unfinished, file);
};

const frameHeader = 8;

/** The engine wraps what a container without a terminal writes into frames: a stream's number, and a length at 4. */
async function* payloads(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pending: Buffer = Buffer.alloc(0);
  let left = 0;
  for await (const chunk of chunks) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (left > 0 ? pending.length > 0 : pending.length >= frameHeader) {
      if (left === 0) {
        left = pending.readUInt32BE(4);
        pending = pending.subarray(frameHeader);
        continue;
      }
      const payload = pending.subarray(0, left);
      left -= payload.length;
      pending = pending.subarray(payload.length);
      yield payload;
    }
  }
}

async function* withinBytes(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let left = maxBytes;
  for await (const chunk of chunks) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) {
      yield Buffer.from(`\n[cut: the log has more than ${maxBytes} bytes]\n`);
      return;
    }
  }
}

/** In pieces that end with a line where lines end at all. */
async function* redactedText(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const redact = createRedactor([]);
  const decoder = new TextDecoder();
  let pending = "";
  for await (const chunk of chunks) {
    pending += decoder.decode(chunk, { stream: true });
    if (pending.length < pieceLength) continue;
    const end = pending.lastIndexOf("\n") + 1 || pending.length;
    yield redact(pending.slice(0, end));
    pending = pending.slice(end);
  }
  yield redact(pending + decoder.decode());
}
