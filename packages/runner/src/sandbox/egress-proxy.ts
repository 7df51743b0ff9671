import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { AllowList } from "./allow-list.ts";
import { portOf } from "./allow-list.ts";
import { connectTo, type Destination, type Reached, type Resolve } from "./reach.ts";
import { createRefusals } from "./refusals.ts";
import { joinTunnel, type Tunnel } from "./tunnel.ts";

/** The one way out for the agent's side: it goes where the list says, and nowhere else (§11.3). */
export interface EgressProxy {
  /** Without a slash at the end. */
  readonly url: string;
  refused(): number;
  /** As `host:port`, each once and at most a hundred. */
  refusedHosts(): readonly string[];
  /** Ends every connection. Never rejects. */
  close(): Promise<void>;
}

export interface EgressProxyOptions {
  readonly allowList: AllowList;
  readonly log: (line: string) => void;
  /** How names become addresses; the machine's own way when absent. */
  readonly resolve?: Resolve;
}

const maxConnections = 256;
const headerTimeoutMs = 10_000;
const idleTimeoutMs = 5 * 60_000;

/** Listens on loopback. @throws Error where it cannot */
export const openEgressProxy = async ({
  allowList,
  log,
  resolve,
}: EgressProxyOptions): Promise<EgressProxy> => {
  const refusals = createRefusals(log);
  const connections = new Set<Socket>();
  const reach = async (destination: Destination): Promise<Reached> => {
    const reached = await connectTo(destination, allowList, resolve);
    if (reached.kind === "refused") refusals.add(destination, reached.why);
    if (reached.kind === "connected") keep(reached.socket);
    return reached;
  };
  const keep = (socket: Socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
    // Whoever waits for it sees it end; there is nobody else to tell.
    socket.on("error", () => socket.destroy());
    socket.setTimeout(idleTimeoutMs, () => socket.destroy());
  };
  // HTTP that came through a tunnel, and where that leads.
  const tunnelled = new WeakMap<Duplex, HttpDestination>();
  const server = createServer({ maxHeaderSize: 64 * 1024 }, (incoming, answer) => {
    const through = tunnelled.get(incoming.socket);
    const url = through === undefined ? incoming.url : urlThrough(through, incoming.url);
    // No answer is an answer, too: nothing that is said here ends the runner.
    forward(incoming, answer, destinationOf(url ?? ""), reach).catch(() => answer.destroy());
  });
  server.headersTimeout = headerTimeoutMs;
  server.requestTimeout = idleTimeoutMs;
  server.maxConnections = maxConnections;
  server.on("connection", keep);
  server.on("connect", (incoming, client, head) => {
    const destination = authorityOf(incoming.url ?? "");
    const speakHttp = () => {
      if (destination !== null) tunnelled.set(client, destination);
      server.emit("connection", client);
    };
    const refuse = (why: string) => destination !== null && refusals.add(destination, why);
    tunnel({ client, head, destination, reach, refuse, speakHttp }).catch(() => client.destroy());
  });
  // What no HTTP is gets no answer.
  server.on("clientError", (_error, socket) => socket.destroy());
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(0, "127.0.0.1", done);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    refused: refusals.count,
    refusedHosts: refusals.hosts,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const connection of connections) connection.destroy();
      }),
  };
};

type Reach = (destination: Destination) => Promise<Reached>;

interface AskedTunnel extends Pick<Tunnel, "client" | "head" | "refuse" | "speakHttp"> {
  /** Null: it names none. */
  readonly destination: Destination | null;
  readonly reach: Reach;
}

const tunnel = async ({ client, destination, reach, ...rest }: AskedTunnel): Promise<void> => {
  const reached: Reached =
    destination === null ? { kind: "refused", why: "it names no host and port" } : await reach(destination);
  if (destination === null || reached.kind !== "connected") {
    const failed = reached.kind === "connected" ? { kind: "refused" as const, why: "" } : reached;
    client.end(
      `HTTP/1.1 ${statusLine(failed)}\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${explanation(failed)}`,
    );
    return;
  }
  const { socket } = reached;
  client.on("error", () => socket.destroy());
  client.on("close", () => socket.destroy());
  client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
  joinTunnel({ client, destination, socket, ...rest });
};

/** Of one connection only, and so not for the other side. */
const hopByHop: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
]);

/** `GET http://host/path`. The URL says where it goes; a Host header that says otherwise is replaced. */
const forward = async (
  incoming: IncomingMessage,
  answer: ServerResponse,
  destination: HttpDestination | null,
  reach: Reach,
): Promise<void> => {
  const reached: Reached =
    destination === null ? { kind: "refused", why: "it is no request to a proxy" } : await reach(destination);
  if (destination === null || reached.kind !== "connected") {
    const failed = reached.kind === "connected" ? { kind: "refused" as const, why: "" } : reached;
    answer.writeHead(failed.kind === "refused" ? 403 : 502, {
      "content-type": "text/plain",
      connection: "close",
    });
    answer.end(explanation(failed));
    return;
  }
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).filter(([name]) => !hopByHop.has(name)),
  );
  const outgoing = request({
    createConnection: () => reached.socket,
    method: incoming.method ?? "GET",
    path: destination.path,
    headers: { ...headers, host: destination.authority, connection: "close" },
  });
  outgoing.once("response", (response) => {
    const kept = Object.entries(response.headers).filter(([name]) => !hopByHop.has(name));
    const { statusCode = 0 } = response;
    // A number that is none would be thrown at us, with nobody there to catch it.
    answer.writeHead(statusCode < 200 ? 502 : statusCode, Object.fromEntries(kept));
    response.pipe(answer);
    response.once("error", () => answer.destroy());
  });
  outgoing.once("error", () => answer.destroy());
  answer.once("close", () => outgoing.destroy());
  incoming.pipe(outgoing);
};

interface HttpDestination extends Destination {
  readonly authority: string;
  readonly path: string;
}

/** Of `CONNECT host:port`, which is the one form of it. */
const authorityOf = (text: string): HttpDestination | null =>
  destinationOf(`http://${text}`, text.match(/:(\d+)$/)?.[1]);

/** An address of its own would be another proxy's business. */
const urlThrough = ({ authority }: HttpDestination, path = ""): string | undefined =>
  path.startsWith("/") ? `http://${authority}${path}` : undefined;

const destinationOf = (text: string, port?: string): HttpDestination | null => {
  if (!text.startsWith("http://") || !URL.canParse(text)) return null;
  const url = new URL(text);
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === undefined ? portOf(url) : Number(port),
    authority: url.host,
    path: url.pathname + url.search,
  };
};

type Failed = Exclude<Reached, { kind: "connected" }>;

const statusLine = ({ kind }: Failed): string => (kind === "refused" ? "403 Forbidden" : "502 Bad Gateway");

const explanation = ({ kind, why }: Failed): string =>
  kind === "refused"
    ? `The sandbox does not let this through: ${why}. An operator can add hosts to AGENT_EGRESS_HOSTS.\n`
    : `The sandbox could not get there: ${why}.\n`;
