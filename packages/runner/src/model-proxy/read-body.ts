import type { IncomingMessage } from "node:http";

/** What bodies may take of the runner's memory together. */
export interface BodyRoom {
  taken: number;
  readonly max: number;
}

export type Body =
  | { readonly kind: "whole"; readonly bytes: Buffer; readonly release: () => void }
  | { readonly kind: "too-large" }
  /** It would fit, were it not for others. */
  | { readonly kind: "no-room" };

/** @throws Error when the sender goes away */
export const readBody = async (request: IncomingMessage, maxBytes: number, room: BodyRoom): Promise<Body> => {
  const chunks: Buffer[] = [];
  let size = 0;
  let isKept = false;
  const release = (): void => {
    room.taken -= size;
    size = 0;
  };
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return { kind: "too-large" };
  try {
    // The connection has to stay, so that a refusal reaches the sender.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      room.taken += chunk.length;
      if (size > maxBytes) return { kind: "too-large" };
      if (room.taken > room.max) return { kind: "no-room" };
      chunks.push(chunk);
    }
    isKept = true;
    return { kind: "whole", bytes: Buffer.concat(chunks), release };
  } finally {
    if (!isKept) release();
  }
};
