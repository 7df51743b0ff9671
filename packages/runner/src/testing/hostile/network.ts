import { createSocket } from "node:dgram";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { jsonAnswer, startLoopbackServer } from "@ai-implement/emulators/shared/loopback-server.ts";

/** Whoever listens where nothing of a run may arrive, and the model's provider, where only its own key may. */
export interface Network {
  /** `address:port` on this machine's own address; null where it has none besides loopback. */
  readonly outside: string | null;
  readonly outsideAddress: string | null;
  /** The same by IPv6, in brackets. */
  readonly outsideSix: string | null;
  /** Takes datagrams on `outsideAddress`. */
  readonly datagramPort: number;
  /** `127.0.0.1:port`: a service of this machine that is none of the run's. */
  readonly otherHost: string;
  readonly modelUrl: string;
  /** What arrived, by where. */
  received(): ReadonlyMap<string, Buffer>;
  close(): Promise<void>;
}

export const openNetwork = async (): Promise<Network> => {
  const arrived = new Map<string, Buffer[]>();
  const keep = (where: string, bytes: Buffer): void => {
    const all = arrived.get(where);
    if (all === undefined) arrived.set(where, [bytes]);
    else all.push(bytes);
  };
  const outsideAddress = addressOf("IPv4");
  const six = addressOf("IPv6");
  const listenAt = (address: string | null, name: string): Promise<Listener | null> =>
    address === null ? Promise.resolve(null) : listen(address, (bytes) => keep(name, bytes));
  const [four, outsideSix, otherHost] = await Promise.all([
    listenAt(outsideAddress, "outside"),
    listenAt(six, "outside, IPv6"),
    listen("127.0.0.1", (bytes) => keep("another service of this machine", bytes)),
  ]);
  const datagrams = await listenForDatagrams(outsideAddress ?? "127.0.0.1", (bytes) =>
    keep("outside, UDP", bytes),
  );
  const model = await startModelHost((bytes) => keep("the model's provider", bytes));
  return {
    outside: four === null ? null : `${outsideAddress}:${four.port}`,
    outsideAddress,
    outsideSix: outsideSix === null ? null : `[${six}]:${outsideSix.port}`,
    datagramPort: datagrams.port,
    otherHost: `127.0.0.1:${otherHost.port}`,
    modelUrl: model.url,
    received: () => new Map([...arrived].map(([where, all]) => [where, Buffer.concat(all)])),
    close: async () => {
      await Promise.all(
        [four, outsideSix, otherHost, datagrams, model].flatMap((one) => (one === null ? [] : [one.close()])),
      );
    },
  };
};

/** Of this machine on a network, and not of a link alone. */
const addressOf = (family: "IPv4" | "IPv6"): string | null =>
  Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .find((one) => !one.internal && one.family === family && !one.address.startsWith("fe80"))?.address ??
  null;

interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** Takes every byte, and answers as a web server would, so that whoever sends goes on sending. */
const listen = async (address: string, onBytes: (bytes: Buffer) => void): Promise<Listener> => {
  const open = new Set<{ destroy(): void }>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    onBytes(Buffer.from(`connection to ${address}\n`));
    socket.on("data", (bytes) => {
      onBytes(bytes);
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
    });
    // Whoever sends may go at any time.
    socket.on("error", () => undefined);
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, address, resolve);
  });
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound !== null ? bound.port : 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
};

const listenForDatagrams = async (address: string, onBytes: (bytes: Buffer) => void): Promise<Listener> => {
  const socket = createSocket("udp4");
  socket.on("message", onBytes);
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  return {
    port: socket.address().port,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
};

/** The headers in which the provider is given its key. */
const proof = new Set(["x-api-key", "authorization"]);

const startModelHost = (onBytes: (bytes: Buffer) => void): ReturnType<typeof startLoopbackServer> =>
  startLoopbackServer({
    receive: ({ method, path, headers, bytes }) => ({
      fault: null,
      rateLimited: () => jsonAnswer(429, {}),
      act: () => {
        const shown = Object.entries(headers).filter(([name]) => !proof.has(name));
        onBytes(Buffer.from(`${method} ${path} ${JSON.stringify(shown)}\n`));
        onBytes(Buffer.from(bytes));
        return jsonAnswer(200, {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model: "claude-sonnet-4-6",
          content: [{ type: "text", text: "ok" }],
          stop_reason: "end_turn",
          usage: { input_tokens: 1_000, output_tokens: 1_000 },
        });
      },
    }),
  });
