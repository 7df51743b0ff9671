import { isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { readGreeting } from "./client-hello.ts";
import type { Destination } from "./reach.ts";

export interface Tunnel {
  readonly client: Duplex;
  /** What the client has said already. */
  readonly head: Buffer;
  readonly socket: Socket;
  readonly destination: Destination;
  readonly refuse: (why: string) => void;
  /** The client speaks HTTP to a web port: so that no `Host` leads elsewhere, that has to be read as such. */
  readonly speakHttp: () => void;
}

/** A ClientHello is never larger. */
const maxGreetingBytes = 64 * 1024;
const webPorts: readonly number[] = [80, 443];

/**
 * Joins the two ends as soon as it is known whom the client speaks to. An address that the list names may serve the sites of
 * everybody, as that of a content network does, and then it is the name in the handshake that says where all goes (§11.3).
 */
export const joinTunnel = ({ client, head, socket, destination, refuse, speakHttp }: Tunnel): void => {
  const isWeb = webPorts.includes(destination.port);
  let said = Buffer.alloc(0);
  const hangUp = (): void => void client.destroy();
  const leave = (): void => void (isWeb ? client.destroy() : socket.end());
  const join = (): void => {
    socket.write(said);
    client.pipe(socket);
    if (isWeb) socket.pipe(client);
  };
  const end = (why: string): void => {
    refuse(why);
    client.destroy();
  };
  const listen = (chunk: Buffer): void => {
    said = Buffer.concat([said, chunk]);
    const greeting = readGreeting(said);
    if (greeting.kind === "incomplete" && said.length <= maxGreetingBytes) return;
    client.off("data", listen);
    client.off("end", leave);
    client.pause();
    if (greeting.kind === "tls") {
      const problem = problemWith(greeting.serverName, greeting.isEncrypted, destination.host);
      if (problem === null) join();
      else end(problem);
    } else if (greeting.kind !== "other") {
      end("its handshake cannot be read");
    } else if (isWeb) {
      socket.off("close", hangUp);
      socket.destroy();
      client.unshift(said);
      speakHttp();
      client.resume();
    } else {
      join();
    }
  };
  // Elsewhere than on the web, the other side may be the first to speak.
  if (!isWeb) socket.pipe(client);
  socket.on("close", hangUp);
  client.on("end", leave);
  client.on("data", listen);
  if (head.length > 0) listen(head);
};

const problemWith = (serverName: string | null, isEncrypted: boolean, host: string): string | null => {
  if (isIP(host) !== 0) return null;
  if (isEncrypted) return "the name in its handshake is encrypted";
  if (serverName === null) return "its handshake names no host";
  return plain(serverName) === plain(host) ? null : "its handshake names another host";
};

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, "");
